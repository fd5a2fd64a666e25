package io.sagaflow.chaos;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The library's database: a PostgreSQL of its own that is killed and started again on the same
 * data. Its commits are durable.
 */
final class JournalServer implements AutoCloseable {

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
          "idle_in_transaction_session_timeout=5s",
          "restart_after_crash=off");

  private final Path binaries;
  private final Path data;
  private final File log;
  private final int port;
  private final AtomicInteger starts = new AtomicInteger();
  private volatile Process process;

  private JournalServer(Path binaries, Path directory) throws IOException, InterruptedException {
    this.binaries = binaries;
    this.data = directory.resolve("journal-data");
    this.log = directory.resolve("journal-server.log").toFile();
    this.port = freePort();
    this.process =
        launch("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF-8", "-D", "" + data);
    if (process.waitFor() != 0) {
      throw new NotUsableException("The database can't be made: see " + log);
    }
  }

  /** Makes a database in the directory, by binaries that were unpacked already. */
  static JournalServer create(Path binaries, Path directory)
      throws IOException, InterruptedException {
    JournalServer server = new JournalServer(binaries, directory);
    Runtime.getRuntime().addShutdownHook(new Thread(server::kill, "ends-journal-server"));
    server.start();
    return server;
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  int port() {
    return port;
  }

  /** Connects without a proxy. */
  Connection connect() throws SQLException {
    return Sql.connect(Sql.url(port, "chaos"));
  }

  /** Changes with each start: what was measured across one says nothing. */
  int starts() {
    return starts.get();
  }

  void start() throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("-D", "" + data, "-p", "" + port));
    SETTINGS.forEach(setting -> arguments.addAll(List.of("-c", setting)));
    starts.incrementAndGet();
    process = launch("postgres", arguments.toArray(String[]::new));
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
    ProcessHandle postmaster = process.toHandle();
    List<ProcessHandle> children = postmaster.descendants().toList();
    postmaster.destroyForcibly(); // first: it would kill its children in order otherwise
    children.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
    children.forEach(child -> child.onExit().join());
  }

  private Process launch(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name", "").equals("root")) {
      command.addAll(List.of("unshare", "-U")); // PostgreSQL refuses to run as root
    }
    command.add(binaries.resolve(program).toString());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  @Override
  public void close() {
    kill();
  }
}
