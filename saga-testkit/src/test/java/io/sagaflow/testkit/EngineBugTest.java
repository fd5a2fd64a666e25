package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** A bug is not an outcome: it makes one saga stuck and leaves everything else running. */
class EngineBugTest {

  private static final int FIRST_ROLL_AFTER_THE_IDS = 4; // two sagas, two numbers for each id

  private final Shop shop = new Shop();

  @Test
  void givenBugInTheEngine_whenAnOutcomeIsJudged_thenTheSagaIsStuckAndNoOther() {
    List<String> calls = new ArrayList<>();
    SagaDefinition<String> once =
        SagaDefinition.named("once", String.class)
            .step("charge")
            .action(
                ctx -> {
                  calls.add("charge");
                  throw new IllegalStateException("no answer"); // only a failure may need jitter
                })
            .compensation(ctx -> calls.add("~charge"))
            .atMostOnce()
            .build();
    int[] rolls = {0};
    RandomGenerator failing =
        () -> {
          if (rolls[0]++ == FIRST_ROLL_AFTER_THE_IDS) {
            throw new IllegalStateException("no entropy");
          }
          return 42L * rolls[0];
        };
    VirtualNode its =
        shop.start(
            shop.builder("node-2").register(once), real -> Environments.withRandom(real, failing));

    SagaHandle saga = its.coordinator().start(once, "key", "input");
    SagaHandle other = shop.start(its);
    SagaOutcome outcome = saga.await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(outcome.reason().orElseThrow()).contains("bug was met", "no entropy");
    assertThat(other.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    its.coordinator().retry(saga.id(), "ann", "entropy is back");
    shop.time.advance(Duration.ofSeconds(1));
    assertThat(calls).as("the call is known to be open").containsExactly("charge", "~charge");
  }

  @Test
  void givenErrorsInTheLoops_whenTheyAreOver_thenTheNodeStillRenewsItsLeaseAndClaims() {
    boolean[] failing = {true};
    ForwardingStore store =
        new ForwardingStore(shop.store) {
          @Override
          public List<NodeBeat> heartbeat(NodeId self) {
            fail();
            return super.heartbeat(self);
          }

          @Override
          public List<ClaimedSaga> claim(
              NodeId owner, Set<DefinitionRef> definitions, Instant now, int limit) {
            fail();
            return super.claim(owner, definitions, now, limit);
          }

          private void fail() {
            if (failing[0]) {
              throw new StackOverflowError();
            }
          }
        };
    VirtualNode dead = shop.node("node-2");
    shop.first("reserve", ctx -> dead.kill());
    shop.start(dead);
    shop.time.settle();
    shop.on("reserve", ctx -> {});
    VirtualNode node = shop.time.start(shop.builder("node-1", store));
    shop.time.advance(Duration.ofSeconds(5));

    failing[0] = false;
    SagaOutcome outcome = shop.find(node).await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
  }
}
