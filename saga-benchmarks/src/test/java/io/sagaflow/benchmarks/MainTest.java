package io.sagaflow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "throughput",
        "floor",
        "baseline",
        "recovery",
        "parked",
        "history",
        "queries",
        "memory",
        "forms",
        "plot"
      })
  void givenACommand_whenItsHelpIsAskedFor_thenItIsTold(String command) {
    Run run = Run.of(command, "--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("Usage: saga-benchmarks " + command);
  }

  @Test
  void givenNoCommand_whenItRuns_thenTheCommandsAreTold() {
    Run run = Run.of();

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("throughput").contains("history");
  }

  @ParameterizedTest
  @CsvSource({
    "throughput --in-flight 0, --in-flight must be from 1 to 10000; got 0",
    "throughput --seconds 0, --seconds must be from 1",
    "throughput --steps 1001, --steps must be from 1 to 1000; got 1001",
    "throughput --nodes 17, --nodes must be from 1 to 16; got 17",
    "throughput --lanes 0, --lanes must be from 1 to 16; got 0",
    "throughput --in-flight 4 --drivers 5, --drivers must be from 1 to 4; got 5",
    "throughput --mode sideways, Invalid value for option '--mode'",
    "throughput --warm-up -1, --warm-up must be from 0",
    "throughput --payload -1, --payload must be from 0",
    "throughput --url postgres://somewhere, --url begins with jdbc:postgresql:",
    "baseline --pool 0, --pool must be from 1 to 250; got 0",
    "baseline --rounds 0, --rounds must be from 1",
    "floor --rounds 0, --rounds must be from 1",
    "forms --rows 0, --rows must be from 1",
    "recovery --sagas 0, --sagas must be from 1",
    "recovery --steps 2, --steps must be from 3",
    "recovery --lanes 0, --lanes must be from 1 to 16; got 0",
    "parked --sagas 10 --commands 10, --commands must be from 1 to 9; got 10",
    "parked --poll-ms 0, --poll-ms must be from 1",
    "history --rows 4, --rows must be from 5",
    "queries --rows 499, --rows must be from 500",
    "queries --times 1, --times must be from 2",
    "memory --forks 21, --forks must be from 0 to 20; got 21",
    "memory --seconds ten, Invalid value for option '--seconds'"
  })
  void givenAnUnusableOption_whenItRuns_thenThatIsSaidBeforeAServerIsStarted(
      String args, String complaint) {
    Run run = Run.of(args.split(" "));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(complaint);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void givenAServerThatIsNotThere_whenItRuns_thenThatIsSaid() {
    Run run = Run.of("throughput", "--url", "jdbc:postgresql://localhost:1/test");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("The server at --url can't be used");
  }
}
