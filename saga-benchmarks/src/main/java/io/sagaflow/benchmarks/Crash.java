package io.sagaflow.benchmarks;

import io.sagaflow.ActionContext;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaId;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A coordinator that is gone in the middle of a saga: its second step's action was being run. */
final class Crash implements Participant {

  static final String NODE = "bench-recovery";

  private static final long PATIENCE_SECONDS = 60;

  private final CountDownLatch called = new CountDownLatch(1);

  private Crash() {}

  /** Runs a saga until its second step is called, and lets the coordinator crash. */
  static SagaId leaveOne(Server server, Node.Place place, int steps, String key) throws Exception {
    Crash crash = new Crash();
    SagaDefinition<Parcel> definition = ParcelSaga.ofSteps(steps, crash);
    Node node =
        Node.open(
            server,
            place,
            builder -> builder.nodeName(NODE).register(definition).drainTimeout(Duration.ZERO));
    try {
      SagaId saga = node.coordinator().start(definition, key, new Parcel(key, 1, false, "")).id();
      if (!crash.called.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("The second step wasn't called");
      }
      return saga;
    } finally {
      node.crash();
    }
  }

  @Override
  public void act(ActionContext<Parcel> context) throws Exception {
    if (context.step().equals(ParcelSaga.stepName(2))) {
      called.countDown();
      Thread.sleep(Duration.ofDays(1).toMillis()); // until the crash interrupts it
    }
  }
}
