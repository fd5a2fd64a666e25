package io.sagaflow.chaos;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One server of the library's database, whose commits are durable. */
final class PostgresServer {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final List<String> SETTINGS =
      List.of(
          "listen_addresses=127.0.0.1",
          "unix_socket_directories=",
          "fsync=on",
          "synchronous_commit=on",
          "full_page_writes=on",
          "track_commit_timestamp=on",
          "max_connections=200",
          "shared_buffers=128MB",
          "wal_keep_size=512MB",
          "wal_retrieve_retry_interval=200ms",
          "idle_in_transaction_session_timeout=5s",
          "restart_after_crash=off");

  private final Path binaries;
  private final Path data;
  private final File log;
  private final int port;
  private volatile Optional<Process> process = Optional.empty();

  /** Takes a data directory that exists, or is made by {@link #make}. */
  PostgresServer(Path binaries, Path data) throws IOException {
    this.binaries = binaries;
    this.data = data;
    this.log = new File(data + ".log");
    this.port = freePort();
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill, "ends-" + data.getFileName()));
  }

  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Makes an empty database. */
  void make() throws IOException, InterruptedException {
    List<String> arguments = List.of("-A", "trust", "-U", "postgres", "-E", "UTF-8", "-D");
    if (launch("initdb", arguments, List.of("" + data)).waitFor() != 0) {
      throw new NotUsableException("The database can't be made: see " + log);
    }
  }

  int port() {
    return port;
  }

  Path data() {
    return data;
  }

  Connection connect() throws SQLException {
    return Sql.connect(Sql.url(port, "chaos"));
  }

  /** Starts it with more settings than usual, and waits until it can be asked something. */
  void start(String... more) throws IOException, InterruptedException {
    Files.deleteIfExists(data.resolve("postmaster.pid")); // its number may be another's by now
    List<String> arguments = new ArrayList<>(List.of("-p", "" + port));
    SETTINGS.forEach(setting -> arguments.addAll(List.of("-c", setting)));
    for (String setting : more) {
      arguments.addAll(List.of("-c", setting));
    }
    process = Optional.of(launch("postgres", arguments, List.of("-D", "" + data)));
    if (!Await.until(PATIENCE, this::answers)) {
      throw new NotUsableException("The database doesn't start: see " + log);
    }
  }

  private boolean answers() throws SQLException {
    try (Connection connection = connect()) {
      return Sql.number(connection, "SELECT 1") == 1;
    }
  }

  /** Kills the postmaster and all its processes by SIGKILL. */
  void kill() {
    process.ifPresent(Programs::kill);
  }

  private Process launch(String program, List<String> arguments, List<String> more)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(binaries.resolve(program).toString()));
    command.addAll(arguments);
    command.addAll(more);
    return Programs.launch(log, command);
  }
}
