package io.sagaflow.chaos;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * PgBouncer in transaction mode. Nodes reach it through their proxies, and it reaches the primary
 * through a proxy of its own, which knows where that is.
 */
final class Pooler implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** What users have to set is in docs/operations.md, and is the same. */
  private static final String CONFIGURATION =
      """
      [databases]
      postgres = host=127.0.0.1 port=%d user=postgres
      [pgbouncer]
      listen_addr = 127.0.0.1
      listen_port = %d
      unix_socket_dir =
      auth_type = any
      pool_mode = transaction
      default_pool_size = 40
      max_client_conn = 500
      ignore_startup_parameters = extra_float_digits
      server_login_retry = 1
      query_wait_timeout = 10
      log_connections = 0
      log_disconnections = 0
      """;

  private final List<String> command;
  private final File log;
  private final Proxy behind;
  private final int port;
  private volatile Process process;

  private Pooler(Path program, Path directory, Proxy behind)
      throws IOException, InterruptedException {
    this.behind = behind;
    this.port = PostgresServer.freePort();
    Path configuration = directory.resolve("pgbouncer.ini");
    Files.writeString(configuration, CONFIGURATION.formatted(behind.port(), port));
    this.command = List.of(program.toString(), configuration.toString());
    this.log = directory.resolve("pgbouncer.log").toFile();
    this.process = launch();
  }

  /** Starts it before a server that may move. */
  static Pooler start(Path directory, IntSupplier server) throws IOException, InterruptedException {
    String path = System.getenv().getOrDefault("PATH", "");
    Path program = find(path + File.pathSeparator + "/usr/sbin"); // where only root's path leads
    Pooler pooler = new Pooler(program, directory, Proxy.start("pooler", server));
    Runtime.getRuntime().addShutdownHook(new Thread(pooler::end, "ends-pooler"));
    return pooler;
  }

  static Path find(String path) {
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "pgbouncer"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new NotUsableException(
                    "--pooler needs PgBouncer, and there is no program pgbouncer on the path or in"
                        + " /usr/sbin. Install the package pgbouncer (apt-get install pgbouncer)."));
  }

  private Process launch() throws IOException, InterruptedException {
    Process launched = Programs.launch(log, command);
    if (!Await.until(PATIENCE, this::answers) || !launched.isAlive()) {
      throw new NotUsableException("PgBouncer doesn't start: see " + log);
    }
    return launched;
  }

  private boolean answers() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    }
  }

  int port() {
    return port;
  }

  /** Kills it, and starts it again. */
  void kill(long pauseMillis) throws IOException, InterruptedException {
    end();
    Await.pause(pauseMillis);
    process = launch();
  }

  private void end() {
    Programs.kill(process);
  }

  @Override
  public void close() throws IOException {
    end();
    behind.close();
  }
}
