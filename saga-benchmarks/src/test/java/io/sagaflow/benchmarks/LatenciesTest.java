package io.sagaflow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatenciesTest {

  private final Latencies latencies = new Latencies();

  @Test
  void givenAThousandTimes_whenTheyAreSummedUp_thenThePercentilesAreRightToAPerMille() {
    record(1, 1_000);

    Latencies.Snapshot all = latencies.all();

    assertThat(all.count()).isEqualTo(1_000);
    assertThat(all.meanMillis()).isCloseTo(500.5, within(1.0));
    assertThat(all.p50Millis()).isCloseTo(500, within(1.0));
    assertThat(all.p99Millis()).isCloseTo(990, within(1.0));
    assertThat(all.maxMillis()).isCloseTo(1_000, within(1.0));
  }

  @Test
  void givenProgressWasTold_whenAllIsSummedUp_thenNothingOfItIsMissing() {
    record(1, 10);
    Latencies.Snapshot first = latencies.latest();
    record(100, 105);

    Latencies.Snapshot second = latencies.latest();
    Latencies.Snapshot all = latencies.all();

    assertThat(first.count()).isEqualTo(10);
    assertThat(second.count()).isEqualTo(6);
    assertThat(all.count()).isEqualTo(16);
  }

  private void record(int fromMillis, int toMillis) {
    for (int i = fromMillis; i <= toMillis; i++) {
      latencies.record(TimeUnit.MILLISECONDS.toNanos(i));
    }
  }
}
