package io.sagaflow.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A run is its seed: the same trace, whenever and wherever it runs. */
class DeterminismTest {

  private static final int SEEDS = 60;

  @Test
  void givenSeeds_whenRunTwice_thenTheTracesAreTheSame() {
    List<Long> once = LongStream.rangeClosed(1, SEEDS).map(DeterminismTest::hash).boxed().toList();

    List<Long> again = LongStream.rangeClosed(1, SEEDS).map(DeterminismTest::hash).boxed().toList();

    assertThat(again).isEqualTo(once);
    assertThat(once).doesNotHaveDuplicates();
  }

  /** Another JVM has other hash codes of objects, and other orders of immutable sets. */
  @Test
  void givenSeeds_whenRunInAnotherJvm_thenTheTracesAreTheSame() throws Exception {
    String here =
        LongStream.rangeClosed(1, SEEDS)
            .mapToObj(DeterminismTest::line)
            .collect(Collectors.joining("\n"));

    String there = runElsewhere();

    assertThat(there).isEqualTo(here);
  }

  @Test
  void givenRunThatIsTold_whenComparedWithOneThatIsNot_thenTheTracesAreTheSame() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Run told = Simulation.run(Settings.of(seed).withTimeline());

      assertThat(told.hash()).isEqualTo(hash(seed));
      assertThat(told.lines()).isNotEmpty();
    }
  }

  private static String runElsewhere() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DeterminismTest.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String lines = output.lines().collect(Collectors.joining("\n"));
      assertThat(process.waitFor()).isZero();
      return lines;
    }
  }

  private static long hash(long seed) {
    return Simulation.run(Settings.of(seed)).hash();
  }

  private static String line(long seed) {
    return seed + " " + hash(seed);
  }

  /** Prints the traces' hashes. */
  public static void main(String[] arguments) {
    LongStream.rangeClosed(1, SEEDS).mapToObj(DeterminismTest::line).forEach(System.out::println);
  }
}
