package io.sagaflow.examples;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Rounds of many sagas over an unreliable network, in each of which the coordinator's process is
 * killed at a random moment; a second one places the same orders again, as customers without an
 * answer do, and carries on. After each round the ledgers are audited.
 */
final class Chaos implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int RECORDS_PER_SAGA = 7;

  private final Options options;
  private final String url;
  private final PrintStream out;
  private final HikariDataSource dataSource;
  private final SplittableRandom random;

  /**
   * How much chaos.
   *
   * @param rounds how many kills
   * @param sagas how many sagas in each round
   * @param seed decides the orders, the dice of the network and after how many records to kill
   */
  record Options(int rounds, int sagas, long seed) {

    Options {
      if (rounds < 1 || sagas < 1) {
        throw new IllegalArgumentException("--rounds and --sagas are at least 1");
      }
    }
  }

  Chaos(Options options, String url, PrintStream out) {
    this.options = options;
    this.url = url;
    this.out = out;
    this.dataSource = Postgres.pool(url, "chaos", 2);
    this.random = new SplittableRandom(options.seed());
  }

  /** Runs all rounds, and answers whether every audit held. */
  boolean run() throws Exception {
    Batch.prepare(dataSource);
    out.printf(
        Locale.ROOT,
        "%d rounds of %d sagas, each with a kill -9 at a random moment (--seed %d)%n",
        options.rounds(),
        options.sagas(),
        options.seed());
    Audit audit = new Audit(dataSource);
    boolean holds = true;
    for (int round = 1; round <= options.rounds() && holds; round++) {
      holds = round(round) && audit.findings().stream().allMatch(Audit.Finding::holds);
      out.println(holds ? "audit holds" : "AUDIT FAILED");
    }
    out.println();
    return audit.print(out) && holds;
  }

  /** One kill. Answers whether every saga ended without an operator. */
  private boolean round(int number) throws IOException, InterruptedException, SQLException {
    List<String> arguments = arguments(number);
    int moment = random.nextInt(options.sagas() * RECORDS_PER_SAGA);
    out.printf(Locale.ROOT, "  round %2d: ", number);
    out.flush();
    try (WorkerProcess first = WorkerProcess.start(url, arguments.toArray(String[]::new))) {
      first.awaitRecords(moment, PATIENCE);
      first.kill();
    }
    out.printf(
        Locale.ROOT,
        "killed after at least %,6d records, %3d sagas in flight; ",
        moment,
        inFlight());
    out.flush();
    try (WorkerProcess second = WorkerProcess.start(url, arguments.toArray(String[]::new))) {
      out.print(second.await(Worker.DONE, PATIENCE) + "; ");
      out.flush();
    }
    return inFlight() == 0 && stuck() == 0;
  }

  private List<String> arguments(int round) {
    List<String> arguments = new ArrayList<>(List.of("--node", "chaos", "--unreliable"));
    arguments.addAll(List.of("--batch", "r" + round));
    arguments.addAll(List.of("--batch-size", Integer.toString(options.sagas())));
    arguments.addAll(List.of("--seed", Long.toString(options.seed() + round)));
    return arguments;
  }

  private int inFlight() throws SQLException {
    return count("RUNNING") + count("COMPENSATING");
  }

  private int stuck() throws SQLException {
    return count("STUCK");
  }

  private int count(String status) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      String query = "SELECT count(*) FROM " + Shop.SAGAS + ".saga_instance WHERE status = ?";
      return Integer.parseInt(Sql.read(connection, query, status));
    }
  }

  @Override
  public void close() {
    dataSource.close();
  }
}
