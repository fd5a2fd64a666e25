package io.sagaflow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {

  private static final Duration SHORT = Duration.ofMillis(300);

  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger readings = new AtomicInteger();
  private final ClosedLoop.Progress nowhere =
      new ClosedLoop.Progress("test", new PrintStream(OutputStream.nullOutputStream()));

  @Test
  void givenFewerDriversThanInFlight_whenALoadRuns_thenSoManyAreInFlightAndNeverMore()
      throws Exception {
    LoadResult result = run(new ClosedLoop.Shape(8, 2), this::later);

    assertThat(most).hasValue(8);
    assertThat(inFlight).hasValue(0);
    assertThat(result.count()).isEqualTo(begun.get());
    assertThat(result.latency().count()).isEqualTo(begun.get());
  }

  @Test
  void givenALoadThatBlocks_whenItRuns_thenWhatItCostIsReadBeforeAndAfter() throws Exception {
    LoadResult result = run(new ClosedLoop.Shape(2, 2), this::atOnce);

    assertThat(result.usage().roundTrips()).isEqualTo(1);
    assertThat(result.perSecond()).isPositive();
  }

  @Test
  void givenALoadThatFails_whenItRuns_thenNothingIsMeasured() {
    Load failing = () -> CompletableFuture.failedFuture(new IllegalStateException("broken"));

    assertThatThrownBy(() -> run(new ClosedLoop.Shape(4, 4), failing))
        .hasMessageContaining("broken");
  }

  @Test
  void givenALoadThatCannotBegin_whenItRuns_thenNothingIsMeasured() {
    Load failing =
        () -> {
          throw new IllegalStateException("can't begin");
        };

    assertThatThrownBy(() -> run(new ClosedLoop.Shape(4, 2), failing))
        .hasMessageContaining("can't begin");
  }

  private LoadResult run(ClosedLoop.Shape shape, Load load) throws Exception {
    return ClosedLoop.run(shape, load, SHORT, this::reading, nowhere);
  }

  private Usage reading() {
    return new Usage(new JvmReading(0, 0), new DatabaseReading(0, 0), readings.incrementAndGet());
  }

  private CompletionStage<?> later() {
    begun.incrementAndGet();
    most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
    return CompletableFuture.runAsync(
        inFlight::decrementAndGet, CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS));
  }

  private CompletionStage<?> atOnce() {
    return CompletableFuture.completedFuture(null);
  }
}
