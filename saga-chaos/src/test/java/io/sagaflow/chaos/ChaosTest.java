package io.sagaflow.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ChaosTest {

  private static final int SECONDS = Boolean.getBoolean("sagaflow.soak") ? 600 : 60;

  @Test
  void givenEveryKindOfFault_whenSagasRunForAMinute_thenEveryInvariantHolds() throws Exception {
    Path directory = Path.of("target", "chaos-" + System.currentTimeMillis());

    Run run =
        Run.of(
            "run",
            "--seconds",
            "" + SECONDS,
            "--seed",
            "" + Long.getLong("sagaflow.seed", 1),
            "--directory",
            directory.toString());

    assertThat(run.exitCode()).as("%s%n%s", directory, run.out()).isZero();
    assertThat(run.out()).contains("\"violations\":0");
  }

  @Test
  void givenTooFewSeconds_whenRun_thenItSaysHowManyItTakes() {
    Run run = Run.of("run", "--seconds", "3");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--seconds is at least 20");
  }

  @Test
  void givenVersionThatThereIsNot_whenRun_thenItSaysWhichThereAre() {
    Run run = Run.of("run", "--postgres", "9");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--postgres is one of 14, 18");
  }

  @Test
  void givenHelp_whenRun_thenItSaysWhatItDoes() {
    Run run = Run.of("--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("saga-chaos", "auditor");
  }

  /** What a command printed. */
  private record Run(int exitCode, String out, String err) {

    static Run of(String... arguments) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      int exitCode =
          Main.run(
              new Console(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8)),
              arguments);
      return new Run(exitCode, out.toString(UTF_8), err.toString(UTF_8));
    }
  }
}
