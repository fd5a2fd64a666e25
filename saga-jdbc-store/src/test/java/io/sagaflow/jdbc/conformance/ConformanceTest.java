package io.sagaflow.jdbc.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.jdbc.PostgresSagaStore;
import io.sagaflow.jdbc.conformance.ScriptWriter.Script;
import io.sagaflow.jdbc.conformance.World.Observation;
import io.sagaflow.testkit.database.Guard;
import io.sagaflow.testsupport.TestPostgres;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same random scripts, of several processes with connections that break, on the simulated
 * database and on PostgreSQL: the same results, the same waits, the same end. Otherwise what the
 * simulator proves would be true of the simulation only.
 *
 * <p>A failure prints the seed; run it alone with {@code -Dsagaflow.firstSeed=<seed>
 * -Dsagaflow.seeds=1}. {@code -Psoak} compares 2,000 scripts, or {@code -Dsagaflow.seeds}.
 */
class ConformanceTest {

  private static final boolean SOAK = Boolean.getBoolean("sagaflow.soak");
  private static final int SEEDS = Integer.getInteger("sagaflow.seeds", SOAK ? 2_000 : 150);
  private static final int FIRST_SEED = Integer.getInteger("sagaflow.firstSeed", 1);
  private static final int SEEDS_FOR_A_FAULT = 150;
  private static final int WORKERS = 4;
  private static final int CONNECTIONS_EACH = 15;

  private static final HikariDataSource POOL = new HikariDataSource();

  @BeforeAll
  static void createTables() {
    POOL.setJdbcUrl(TestPostgres.freshDatabase().jdbcUrl());
    POOL.setMaximumPoolSize(WORKERS * CONNECTIONS_EACH);
    for (int worker = 0; worker < WORKERS; worker++) {
      try (PostgresSagaStore store =
          PostgresSagaStore.builder().dataSource(POOL).tablePrefix(prefix(worker)).build()) {
        store.open();
      }
    }
  }

  @AfterAll
  static void closePool() {
    POOL.close();
  }

  private static String prefix(int worker) {
    return "saga" + worker + "_";
  }

  @Test
  void givenRandomScripts_whenRunOnBoth_thenPostgresAndTheSimulationAgree() throws Exception {
    assertThat(differences(FIRST_SEED, SEEDS, Set.of())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void givenSimulationWithoutAGuard_whenComparedWithPostgres_thenTheyDiffer(Guard missing)
      throws Exception {
    assertThat(differences(1, SEEDS_FOR_A_FAULT, Set.of(missing))).isNotEmpty();
  }

  /** The first differences that are found; each worker has tables of its own. */
  private static List<String> differences(int first, int count, Set<Guard> missing)
      throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    AtomicBoolean found = new AtomicBoolean();
    try {
      List<Future<List<String>>> all = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        int mine = worker;
        all.add(workers.submit(() -> differences(first, count, mine, missing, found)));
      }
      List<String> differences = new ArrayList<>();
      for (Future<List<String>> each : all) {
        differences.addAll(each.get());
      }
      return differences;
    } finally {
      workers.shutdownNow();
    }
  }

  private static List<String> differences(
      int first, int count, int worker, Set<Guard> missing, AtomicBoolean found)
      throws SQLException {
    List<String> differences = new ArrayList<>();
    for (int seed = first + worker; seed < first + count && !found.get(); seed += WORKERS) {
      difference(seed, prefix(worker), missing).ifPresent(differences::add);
      found.compareAndSet(false, !differences.isEmpty());
    }
    return differences;
  }

  /** Stores of one lane, and of two. */
  private static int lanes(long seed) {
    return seed % 8 < 4 ? 2 : 1; // each worker meets both
  }

  /** Runs a script on both, up to the step after which they differ. */
  private static Optional<String> difference(long seed, String prefix, Set<Guard> missing)
      throws SQLException {
    Script script;
    try (SimulatedWorld simulated = new SimulatedWorld(lanes(seed), missing)) {
      script = new ScriptWriter(seed, simulated).write();
    }
    Comparison comparison = new Comparison();
    StringBuilder transcript = new StringBuilder("\nseed " + seed + "\n");
    try (PostgresWorld real = new PostgresWorld(POOL, prefix, lanes(seed))) {
      for (int i = 0; i < script.steps().size(); i++) {
        Observation expected = script.seen().get(i);
        Observation observed = real.take(script.steps().get(i));
        transcript.append(script.steps().get(i)).append("\n    ").append(expected).append('\n');
        if (!comparison.agree(expected, observed, real.leaders())) {
          return Optional.of(transcript + "    PostgreSQL: " + observed + "\n");
        }
      }
    }
    return Optional.empty();
  }
}
