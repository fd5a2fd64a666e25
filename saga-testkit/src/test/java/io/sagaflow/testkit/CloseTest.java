package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static io.sagaflow.testkit.Soundness.assertSound;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.RecordKind;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.VoidStepBuilder;
import io.sagaflow.store.NodeId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CloseTest {

  private static final Duration DRAIN = Duration.ofSeconds(10);

  private final Shop shop = new Shop();
  private final VirtualNode node1 = shop.node("node-1");
  private final Instant startedAt = shop.time.now();

  static List<String> callsThatMayHang() {
    return List.of("create", "reserve", "confirm", "receipt");
  }

  private static List<RecordKind> kinds(SagaHandle saga) {
    return saga.history().stream().map(SagaEvent::kind).toList();
  }

  private void assertNobodyIsBlamed(SagaHandle saga) {
    assertThat(kinds(saga))
        .doesNotContain(
            RecordKind.ACTION_FAILED,
            RecordKind.STEP_UNKNOWN,
            RecordKind.STEP_REJECTED,
            RecordKind.COMPENSATION_FAILED,
            RecordKind.SAGA_STUCK);
  }

  @Test
  void givenRunningAction_whenClosed_thenItEndsAndItsOutcomeIsDurableAndNothingFollows() {
    shop.on("reserve", ctx -> shop.time.sleep(Duration.ofSeconds(3)));
    SagaHandle saga = shop.start(node1);
    shop.time.settle();

    node1.coordinator().close();

    assertThat(shop.time.now()).isEqualTo(startedAt.plusSeconds(3));
    assertThat(shop.calls).containsExactly("create", "reserve");
    assertThat(Shop.kinds(saga))
        .containsExactly("SAGA_STARTED", "STEP_COMPLETED create", "STEP_COMPLETED reserve");
  }

  @Test
  void givenSagaWithoutOpenCall_whenClosed_thenAnotherNodeGoesOnAtOnceAndNeedNotDoubt() {
    shop.on("reserve", ctx -> shop.time.sleep(Duration.ofSeconds(3)));
    SagaHandle saga = shop.start(node1);
    shop.time.settle();
    node1.coordinator().close();

    shop.node("node-2");

    assertThat(shop.time.now()).isEqualTo(startedAt.plusSeconds(3));
    assertSound(shop, saga, SagaStatus.COMPLETED);
    assertThat(shop.calls).hasSize(5);
    assertThat(kinds(saga)).doesNotContain(RecordKind.SAGA_RESUMED);
  }

  @ParameterizedTest
  @MethodSource("callsThatMayHang")
  void givenActionThatOutlastsTheDrain_whenClosed_thenInterruptedAndResumedElsewhereAtOnce(
      String call) {
    shop.first(call, ctx -> shop.time.hang());
    SagaHandle saga = shop.start(node1);
    shop.time.settle();
    node1.coordinator().close();
    Instant closedAt = shop.time.now();
    shop.on(call, ctx -> {});

    shop.node("node-2");

    assertThat(closedAt).isEqualTo(startedAt.plus(DRAIN));
    assertThat(shop.time.now()).isEqualTo(closedAt);
    assertSound(shop, saga, SagaStatus.COMPLETED);
    assertNobodyIsBlamed(saga);
    assertThat(kinds(saga)).contains(RecordKind.SAGA_RESUMED);
  }

  @Test
  void givenCompensationThatOutlastsTheDrain_whenClosed_thenItRunsAgainElsewhere() {
    Scenario.CHARGE_REJECTED.arrange(shop);
    shop.first("~reserve", ctx -> shop.time.hang());
    SagaHandle saga = shop.start(node1);
    shop.time.settle();
    node1.coordinator().close();
    shop.on("~reserve", ctx -> {});

    shop.node("node-2");

    assertSound(shop, saga, SagaStatus.COMPENSATED);
    assertThat(kinds(saga))
        .contains(RecordKind.SAGA_RESUMED)
        .doesNotContain(RecordKind.COMPENSATION_FAILED);
  }

  @Test
  void givenActionThatRetriesOnlySomeFailures_whenInterruptedByTheClose_thenItIsNotBlamed() {
    assertNotBlamedWhenInterrupted(picky -> picky.retryOn(IOException.class));
  }

  @Test
  void givenActionThatAbortsOnInterrupts_whenInterruptedByTheClose_thenItIsNotBlamed() {
    assertNotBlamedWhenInterrupted(picky -> picky.abortOn(InterruptedException.class));
  }

  @Test
  void givenActionThatIsRejectedByAnything_whenInterruptedByTheClose_thenItIsNotBlamed() {
    assertNotBlamedWhenInterrupted(picky -> picky.rejectedBy(Exception.class));
  }

  @Test
  void givenShorterDrain_whenClosed_thenTheInterruptComesThen() {
    VirtualNode hasty = shop.time.start(shop.builder("node-2").drainTimeout(Duration.ZERO));
    shop.on("reserve", ctx -> shop.time.hang());
    shop.start(hasty);
    shop.time.settle();

    hasty.coordinator().close();

    assertThat(shop.time.now()).isEqualTo(startedAt);
  }

  @Test
  void givenActionThatIgnoresItsInterrupt_whenClosed_thenItIsLeftBehindAsOpen() {
    shop.on("reserve", ctx -> hangStubbornly());
    SagaHandle saga = shop.start(node1);
    shop.time.settle();
    node1.coordinator().close();
    Instant closedAt = shop.time.now();
    shop.on("reserve", ctx -> {});

    shop.node("node-2");

    assertThat(closedAt).isBetween(startedAt.plus(DRAIN), startedAt.plus(DRAIN).plusSeconds(2));
    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertNobodyIsBlamed(saga);
    assertThat(kinds(saga)).contains(RecordKind.SAGA_RESUMED);
  }

  @Test
  void givenRetryInBackoff_whenClosed_thenAtOnceAndTheRetryComesElsewhereInItsTime() {
    shop.on("receipt", Shop.failing(1, new IllegalStateException("mail is down")));
    SagaHandle saga = shop.start(node1);
    shop.time.settle();
    node1.coordinator().close();
    assertThat(shop.time.now()).isEqualTo(startedAt);

    VirtualNode node2 = shop.node("node-2");
    SagaOutcome outcome = shop.find(node2).await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(shop.time.now()).isEqualTo(startedAt.plusSeconds(1));
    assertThat(kinds(saga)).doesNotContain(RecordKind.SAGA_RESUMED);
  }

  @Test
  void givenClosedCoordinator_whenClosedAgain_thenNothingHappens() {
    Set<NodeId> left = new HashSet<>();
    ForwardingStore store =
        new ForwardingStore(shop.store) {
          @Override
          public void leave(NodeId self, Set<SagaId> open) {
            assertThat(left.add(self)).isTrue();
            super.leave(self, open);
          }
        };
    VirtualNode node = shop.time.start(shop.builder("node-2", store));
    node.coordinator().close();

    node.coordinator().close();

    assertThat(left).hasSize(1);
  }

  @Test
  void givenStoreThatFailsToTakeTheSagasBack_whenClosed_thenItIsClosedAllTheSame() {
    List<String> closed = new ArrayList<>();
    ForwardingStore store =
        new ForwardingStore(shop.store) {
          @Override
          public void leave(NodeId self, Set<SagaId> open) {
            throw new IllegalStateException("a bug of the store");
          }

          @Override
          public void close() {
            closed.add("store");
          }
        };
    VirtualNode node = shop.time.start(shop.builder("node-2", store));
    shop.on("reserve", ctx -> shop.time.hang());
    CompletableFuture<SagaOutcome> completion = shop.start(node).completion().toCompletableFuture();

    node.coordinator().close();

    assertThat(closed).containsExactly("store");
    assertThat(completion).isCompletedExceptionally();
  }

  @Test
  void givenWaiters_whenClosed_thenTheyLearnThatTheSagaGoesOnElsewhere() {
    shop.on("reserve", ctx -> shop.time.hang());
    SagaHandle saga = shop.start(node1);
    CompletableFuture<SagaOutcome> completion = saga.completion().toCompletableFuture();

    node1.coordinator().close();

    assertThat(completion)
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(CoordinatorClosedException.class);
    assertThatThrownBy(() -> saga.await(SOON)).isInstanceOf(CoordinatorClosedException.class);
    assertThat(saga.completion().toCompletableFuture()).isCompletedExceptionally();
  }

  @Test
  void givenClosedCoordinator_whenTimePasses_thenItTouchesNothing() {
    SagaHandle saga = shop.start(node1);
    node1.coordinator().close();
    List<SagaEvent> before = saga.history();

    shop.time.advance(Duration.ofMinutes(10));

    assertThat(saga.history()).isEqualTo(before);
    assertThat(shop.store.nodes()).isEmpty();
  }

  private void assertNotBlamedWhenInterrupted(UnaryOperator<VoidStepBuilder<String>> options) {
    int[] runs = {0};
    VoidStepBuilder<String> step =
        SagaDefinition.named("picky", String.class)
            .step("only")
            .action(
                ctx -> {
                  if (runs[0]++ == 0) {
                    shop.time.hang();
                  }
                })
            .compensation(ctx -> {})
            .retry(RetryPolicy.brief());
    SagaDefinition<String> picky = options.apply(step).build();
    VirtualNode node = shop.time.start(shop.builder("node-2").register(picky));
    SagaHandle saga = node.coordinator().start(picky, "key", "input");
    shop.time.settle();

    node.coordinator().close();
    shop.time.start(shop.builder("node-3").register(picky));

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertNobodyIsBlamed(saga);
  }

  private void hangStubbornly() {
    while (true) {
      try {
        shop.time.hang();
      } catch (InterruptedException e) {
        // ignored: that is what this is about
      }
    }
  }
}
