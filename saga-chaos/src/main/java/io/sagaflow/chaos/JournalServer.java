package io.sagaflow.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The library's database: a PostgreSQL of its own that is killed and started again on the same
 * data, or followed by a synchronous standby that takes its place. One thread at a time changes it.
 */
final class JournalServer implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String STANDBY = "standby";

  private static final String IS_SYNCHRONOUS =
      """
      SELECT count(*) FROM pg_stat_replication
      WHERE application_name = 'standby' AND state = 'streaming' AND sync_state = 'sync'
        AND flush_lsn >= ?::pg_lsn
      """;

  private final Path binaries;
  private final Path directory;
  private final PostgresVersion version;
  private final AtomicInteger starts = new AtomicInteger();
  private volatile PostgresServer primary;
  private volatile Optional<PostgresServer> standby = Optional.empty();
  private int copies; // by whoever changes it

  private JournalServer(Path binaries, Path directory, PostgresVersion version) throws IOException {
    this.binaries = binaries;
    this.directory = directory;
    this.version = version;
    this.primary = new PostgresServer(binaries, directory.resolve("journal-1"));
    this.copies = 1;
  }

  /** Makes a database in the directory, by binaries that were unpacked already. */
  static JournalServer create(Path binaries, Path directory, PostgresVersion version)
      throws IOException, InterruptedException {
    JournalServer server = new JournalServer(binaries, directory, version);
    server.primary.make();
    server.start();
    return server;
  }

  /** The primary's, which changes when a standby is promoted. */
  int port() {
    return primary.port();
  }

  /** Connects to the primary, without a proxy. */
  Connection connect() throws SQLException {
    return primary.connect();
  }

  /** Changes with each start: what was measured across one says nothing. */
  int starts() {
    return starts.get();
  }

  void start() throws IOException, InterruptedException {
    starts.incrementAndGet();
    primary.start();
  }

  /** Kills the primary's processes by SIGKILL. */
  void kill() {
    primary.kill();
  }

  /** Makes a standby of the primary, from here on a synchronous one. */
  void attachStandby() throws IOException, InterruptedException, SQLException {
    copies++;
    Path data = directory.resolve("journal-" + copies);
    BaseBackup.copy(primary, version, data);
    PostgresServer follower = new PostgresServer(binaries, data);
    standby = Optional.of(follower);
    follow(follower);
    try (Connection connection = primary.connect()) { // only now, or all commits would wait
      Sql.execute(connection, "ALTER SYSTEM SET synchronous_standby_names = '" + STANDBY + "'");
      Sql.execute(connection, "SELECT pg_reload_conf()");
    }
    if (!Await.until(PATIENCE, this::isProtected)) {
      throw new NotUsableException("The standby doesn't become synchronous: see " + data + ".log");
    }
  }

  private void follow(PostgresServer follower) throws IOException, InterruptedException {
    follower.start(
        "primary_conninfo=host=127.0.0.1 user=postgres sslmode=disable gssencmode=disable port="
            + primary.port()
            + " application_name="
            + STANDBY);
  }

  /** Whether the standby has all that was committed up to now, and commits wait for it. */
  private boolean isProtected() throws SQLException {
    try (Connection connection = primary.connect()) {
      String written = Sql.rows(connection, "SELECT pg_current_wal_lsn()").get(0).get(0);
      return Await.until(
          Duration.ofSeconds(2), () -> Sql.number(connection, IS_SYNCHRONOUS, written) == 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Kills the primary, lets the standby take its place, and makes another standby. Answers whether
   * there was one that could: then nothing is lost that was acknowledged.
   */
  boolean promoteStandby() throws IOException, InterruptedException, SQLException {
    Optional<PostgresServer> next = standby;
    if (next.isEmpty() || !isProtected()) {
      return false;
    }
    PostgresServer former = primary;
    former.kill();
    try (Connection connection = next.get().connect()) {
      List<List<String>> promoted = Sql.rows(connection, "SELECT pg_promote(true, 60)");
      if (!promoted.equals(List.of(List.of("t")))) {
        throw new IllegalStateException("The standby wasn't promoted: " + promoted);
      }
    }
    starts.incrementAndGet();
    primary = next.get();
    standby = Optional.empty();
    BaseBackup.delete(former.data());
    attachStandby();
    return true;
  }

  /** Kills the standby, whose absence all commits wait out, and starts it again. */
  boolean killStandby(long pauseMillis) throws IOException, InterruptedException {
    if (standby.isEmpty()) {
      return false;
    }
    standby.get().kill();
    Await.pause(pauseMillis);
    follow(standby.get());
    return true;
  }

  @Override
  public void close() {
    kill();
    standby.ifPresent(PostgresServer::kill);
  }
}
