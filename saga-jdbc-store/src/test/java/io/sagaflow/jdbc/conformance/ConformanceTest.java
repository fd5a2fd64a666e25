package io.sagaflow.jdbc.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.jdbc.PostgresSagaStore;
import io.sagaflow.jdbc.conformance.ScriptWriter.Script;
import io.sagaflow.jdbc.conformance.World.Observation;
import io.sagaflow.testkit.database.Guard;
import io.sagaflow.testsupport.TestPostgres;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The same random scripts, of several processes with connections that break, on the simulated
 * database and on PostgreSQL: the same results, the same waits, the same end. Otherwise what the
 * simulator proves would be true of the simulation only.
 */
class ConformanceTest {

  private static final boolean SOAK = Boolean.getBoolean("sagaflow.soak");
  private static final int SEEDS = Integer.getInteger("sagaflow.seeds", SOAK ? 20_000 : 200);
  private static final int FIRST_SEED = Integer.getInteger("sagaflow.firstSeed", 1);
  private static final int WORKERS = 4;

  private static final HikariDataSource POOL = new HikariDataSource();

  @BeforeAll
  static void createTables() {
    POOL.setJdbcUrl(TestPostgres.freshDatabase().jdbcUrl());
    POOL.setMaximumPoolSize(WORKERS * 15);
    for (int worker = 0; worker < WORKERS; worker++) {
      PostgresSagaStore.builder().dataSource(POOL).tablePrefix(prefix(worker)).build().open();
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
    assertThat(differences(Set.of())).isEmpty();
  }

  private static List<String> differences(Set<Guard> missing) throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    try {
      List<Future<List<String>>> all = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        int mine = worker;
        all.add(workers.submit(() -> differences(mine, missing)));
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

  private static List<String> differences(int worker, Set<Guard> missing) throws Exception {
    List<String> differences = new ArrayList<>();
    for (int seed = FIRST_SEED + worker;
        seed < FIRST_SEED + SEEDS && differences.isEmpty();
        seed += WORKERS) {
      difference(seed, prefix(worker), missing).ifPresent(differences::add);
    }
    return differences;
  }

  /** Runs a script on both, up to the step after which they differ. */
  private static Optional<String> difference(long seed, String prefix, Set<Guard> missing)
      throws Exception {
    Script script;
    try (SimulatedWorld simulated = new SimulatedWorld(missing)) {
      script = new ScriptWriter(seed, simulated).write();
    }
    Comparison comparison = new Comparison();
    StringBuilder transcript = new StringBuilder();
    try (PostgresWorld real = new PostgresWorld(POOL, prefix)) {
      for (int i = 0; i < script.steps().size(); i++) {
        Observation expected = script.seen().get(i);
        Observation observed = real.take(script.steps().get(i));
        transcript.append(script.steps().get(i)).append("\n    ").append(expected).append('\n');
        if (!comparison.agree(expected, observed, real.leaders())) {
          transcript.append("    PostgreSQL: ").append(observed).append('\n');
          return Optional.of("\nseed " + seed + "\n" + transcript);
        }
      }
    }
    return Optional.empty();
  }
}
