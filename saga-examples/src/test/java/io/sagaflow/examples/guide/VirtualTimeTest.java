package io.sagaflow.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.InMemorySagaStore;
import io.sagaflow.testkit.VirtualNode;
import io.sagaflow.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a user tests a saga without waiting: the guide's sample. */
class VirtualTimeTest {

  private final List<String> calls = new ArrayList<>();

  private final SagaDefinition<String> patient =
      SagaDefinition.named("patient", String.class)
          .step("ask")
          .action(ctx -> ask(ctx.attempt()))
          .readOnly()
          .retry(RetryPolicy.fixed(Duration.ofHours(6)))
          .build();

  private void ask(int attempt) {
    calls.add("ask");
    if (attempt == 1) {
      throw new IllegalStateException("come back later");
    }
  }

  @Test
  void givenAParticipantThatIsAway_whenTheNodeIsKilledMeanwhile_thenAnotherAsksAgain() {
    VirtualTime time = new VirtualTime();
    InMemorySagaStore store = new InMemorySagaStore();
    VirtualNode first = time.start(SagaCoordinator.builder().store(store).register(patient));
    SagaHandle saga = first.coordinator().start(patient, "key", "input");
    time.settle(); // the first attempt fails, the next is due in six hours

    first.kill(); // as by kill -9
    VirtualNode second = time.start(SagaCoordinator.builder().store(store).register(patient));
    time.advance(Duration.ofHours(7)); // takes no time

    assertThat(second.coordinator().find(saga.id()).orElseThrow().status())
        .isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("ask", "ask");
  }
}
