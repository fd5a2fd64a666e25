package io.sagaflow.benchmarks;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the closed loop is set up. */
final class LoadOptions {

  private static final int WARMING_IN_FLIGHT = 64;
  private static final int MOST_IN_FLIGHT = 10_000;
  private static final int MOST_STEPS = 1_000;
  private static final int MOST_SECONDS = 86_400;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "3",
      description = "Steps of a saga; default ${DEFAULT-VALUE}")
  int steps;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      defaultValue = "64",
      description = "Sagas in flight; default ${DEFAULT-VALUE}")
  int inFlight;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "10",
      description = "How long is measured, each round; default ${DEFAULT-VALUE}")
  int seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      defaultValue = "10",
      description = {
        "How long the load runs before that, with 64 sagas in flight or more, not counted;",
        "default ${DEFAULT-VALUE}"
      })
  int warmUp;

  @Option(
      names = "--lanes",
      paramLabel = "N",
      description = "Lanes that write, of each coordinator; default: the store's")
  @Nullable Integer lanes;

  @Option(
      names = "--drivers",
      paramLabel = "N",
      description = {
        "Threads that start sagas. They don't wait until a start is durable, so that few are enough;",
        "default 2. With --blocking default one for each saga in flight, as the requests of a",
        "service would"
      })
  private @Nullable Integer drivers;

  @Option(
      names = "--blocking",
      description = "Each driver waits until its start is durable, but not for the end of its saga")
  boolean blocking;

  @Option(
      names = "--payload",
      paramLabel = "CHARS",
      defaultValue = "0",
      description = "Makes the input larger by so many characters; default ${DEFAULT-VALUE}")
  int payload;

  void check() {
    NotUsableException.unlessInRange("--steps", steps, 1, MOST_STEPS);
    NotUsableException.unlessInRange("--in-flight", inFlight, 1, MOST_IN_FLIGHT);
    NotUsableException.unlessInRange("--seconds", seconds, 1, MOST_SECONDS);
    NotUsableException.unlessInRange("--warm-up", warmUp, 0, MOST_SECONDS);
    NotUsableException.unlessInRange("--drivers", shape().drivers(), 1, inFlight);
    NotUsableException.unlessInRange("--payload", payload, 0, 1_000_000);
    if (lanes != null) {
      NotUsableException.unlessInRange("--lanes", lanes, 1, 16);
    }
  }

  ClosedLoop.Shape shape() {
    int usual = blocking ? inFlight : Math.min(2, inFlight);
    return new ClosedLoop.Shape(inFlight, drivers == null ? usual : drivers);
  }

  /** With few sagas in flight it would take minutes until the code is compiled. */
  ClosedLoop.Shape warmUpShape() {
    int warming = Math.max(inFlight, WARMING_IN_FLIGHT);
    return new ClosedLoop.Shape(warming, inFlight < warming ? 2 : shape().drivers());
  }

  /** As many threads as in flight: what blocks until its end needs one each. */
  ClosedLoop.Shape blockingShape() {
    return new ClosedLoop.Shape(inFlight, inFlight);
  }

  Duration time() {
    return Duration.ofSeconds(seconds);
  }

  Duration warmUpTime() {
    return Duration.ofSeconds(warmUp);
  }

  /** Long enough to tell pools apart. */
  Duration calibrationTime() {
    return Duration.ofSeconds(Math.max(1, Math.min(warmUp, seconds)));
  }

  void tell(Report report) {
    report
        .parameter("steps", steps)
        .parameter("in_flight", inFlight)
        .parameter("round_seconds", seconds)
        .parameter("warm_up_seconds", warmUp)
        .parameter("lanes", lanes == null ? "default" : lanes)
        .parameter("drivers", shape().drivers())
        .parameter("blocking", blocking)
        .parameter("payload_chars", payload);
  }
}
