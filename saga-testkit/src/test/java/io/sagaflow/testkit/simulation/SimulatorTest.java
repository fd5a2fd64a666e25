package io.sagaflow.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The simulator's campaign. By default 100,000 sagas from seed 1 on; {@code -Dsagaflow.seed=N} runs
 * one seed, {@code -Dsagaflow.sagas=N} and {@code -Dsagaflow.firstSeed=N} run others, and under
 * {@code -Psoak} it runs for {@code -Dsagaflow.minutes=N}, beginning with a seed of the day.
 */
class SimulatorTest {

  private static final long SAGAS = Long.getLong("sagaflow.sagas", 100_000);
  private static final boolean SOAK = Boolean.getBoolean("sagaflow.soak");
  private static final long MINUTES = Long.getLong("sagaflow.minutes", 10);
  private static final long ONE_SEED = Long.getLong("sagaflow.seed", -1);
  private static final int THREADS = Math.min(2, Runtime.getRuntime().availableProcessors());
  private static final Path TARGET = Path.of("target");

  @Test
  void givenSeeds_whenSimulated_thenNoPromiseIsBroken() throws Exception {
    long until = System.nanoTime() + Duration.ofMinutes(MINUTES).toNanos();
    Duration cpuBefore = cpu();

    Campaign campaign =
        SOAK
            ? Campaign.run(firstSeed(), THREADS, soFar -> System.nanoTime() > until)
            : Campaign.run(firstSeed(), THREADS, soFar -> soFar.sagas() >= sagas());

    report(campaign, cpu().minus(cpuBefore));
    Run failure = campaign.failure();
    assertThat(failure == null ? "" : Failure.tell(failure)).isEmpty();
    assertThat(missed(campaign)).as("moments that no run has seen").isEmpty();
  }

  private static long sagas() {
    return ONE_SEED < 0 ? SAGAS : 1;
  }

  private static long firstSeed() {
    long ofTheDay = SOAK ? System.currentTimeMillis() / 1_000 * 1_000_000 : 1;
    return ONE_SEED < 0 ? Long.getLong("sagaflow.firstSeed", ofTheDay) : ONE_SEED;
  }

  private static List<Marker> missed(Campaign campaign) {
    List<Marker> missed = new ArrayList<>();
    boolean isLong = ONE_SEED < 0 && (SOAK || SAGAS >= 100_000);
    for (Marker marker : Marker.values()) {
      if (isLong && campaign.hits(marker) == 0) {
        missed.add(marker);
      }
    }
    return missed;
  }

  private static void report(Campaign campaign, Duration cpu) throws IOException {
    String summary = campaign.summary() + "; " + perCore(campaign, cpu);
    System.out.println(summary);
    Files.createDirectories(TARGET);
    Files.writeString(TARGET.resolve("simulation.md"), summary + "\n\n" + campaign.table());
  }

  /** Says the same whatever else the machine has to do. */
  private static String perCore(Campaign campaign, Duration cpu) {
    double seconds = cpu.toNanos() / 1e9;
    return String.format(
        "%.1f s of CPU, with the JVM's compiler and collector: %,.0f sagas a second and core",
        seconds, campaign.sagas() / Math.max(seconds, 1e-9));
  }

  /** Of the whole process, since the simulated processes have threads of their own. */
  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }
}
