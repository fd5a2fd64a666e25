package io.sagaflow.testkit;

import io.sagaflow.PayloadCodec;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.store.InMemorySagaStore;
import io.sagaflow.testkit.Trial.LateCall;
import java.time.Duration;
import java.util.List;

/**
 * Brings requests that were under way when their saga ended. It is a saga itself, in a store of its
 * own, for participants may sleep in {@link VirtualTime} only where a coordinator calls them.
 */
final class Courier {

  private static final Duration LONG_ENOUGH = Duration.ofDays(8); // longer than any timeout

  private Courier() {}

  static void deliver(List<LateCall> lateCalls, Trial trial, VirtualTime time, PayloadCodec codec) {
    SagaDefinition<String> delivery =
        SagaDefinition.named("late-delivery", String.class)
            .step("deliver")
            .action(context -> deliver(lateCalls, trial))
            .readOnly()
            .retry(RetryPolicy.none())
            .build();
    VirtualNode courier =
        time.start(
            SagaCoordinator.builder()
                .store(new InMemorySagaStore())
                .codec(codec)
                .register(delivery));
    courier.coordinator().start(delivery, "late", "requests").await(LONG_ENOUGH);
    courier.kill();
  }

  private static void deliver(List<LateCall> lateCalls, Trial trial) {
    for (LateCall late : lateCalls) {
      trial.timeline.fault("network", "a late request of " + late.callee() + " arrives");
      try {
        late.request().arrive();
      } catch (Exception e) {
        // refused, as it may be; the timeline has it already
      }
    }
  }
}
