package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaDefinitionBuilder;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.testkit.Shop.Order;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Several calls of one saga are open when something happens to the saga or to its node. */
class ParallelOpenCallsTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration DRAIN = Duration.ofSeconds(10);
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final Trip trip = new Trip();
  private final Shop shop = trip.shop;

  private void hang(String... names) {
    for (String name : names) {
      shop.on(name, ctx -> shop.time.hang());
    }
  }

  private long times(String call) {
    return Collections.frequency(trip.calls(), call);
  }

  @Test
  void givenBranchesThatRun_whenCancelled_thenAllAreInterruptedAndCompensated() {
    hang("breakfast", "flight");
    SagaHandle saga = trip.start(trip.node("node-1"));

    saga.cancel("ann", "changed her mind");

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(trip.passed()).isZero();
    assertThat(trip.calls()).containsSubsequence("~breakfast", "~hotel", "~create");
    assertThat(trip.calls()).containsSubsequence("~flight", "~create");
  }

  @Test
  void givenCancelThatTurnsTheSaga_whenOneBranchIgnoresItsInterrupt_thenItIsWaitedFor() {
    hang("hotel");
    trip.stubborn(SECOND.multipliedBy(20), "flight");
    SagaHandle saga = trip.start(trip.node("node-1"));

    saga.cancel("ann", "changed her mind");
    trip.advance(SECOND.multipliedBy(19));
    assertThat(trip.calls()).noneMatch(call -> call.startsWith("~"));

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(trip.calls()).endsWith("~create").contains("~hotel", "~flight");
  }

  @Test
  void givenBranchesThatRun_whenTheDeadlinePasses_thenAllAreInterruptedAndCompensated() {
    hang("hotel", "flight");
    SagaHandle saga = trip.start(trip.node("node-1"));

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);

    assertThat(trip.passed()).isEqualTo(Trip.DEADLINE);
    assertThat(trip.calls()).contains("~hotel", "~flight").endsWith("~create");
  }

  @Test
  void givenTwoOpenCalls_whenTheNodeDies_thenBothAreCalledAgainUnderTheirKeys() {
    VirtualNode node1 = trip.node("node-1");
    VirtualNode node2 = trip.node("node-2");
    hang("hotel", "flight");
    trip.start(node1);
    shop.on("hotel", ctx -> {});
    shop.on("flight", ctx -> {});

    node1.kill();
    SagaHandle saga = trip.find(node2);

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(times("hotel")).isEqualTo(2);
    assertThat(times("flight")).isEqualTo(2);
    assertThat(shop.keys.stream().distinct()).hasSize(7);
    assertThat(Shop.kinds(saga)).containsOnlyOnce("SAGA_RESUMED");
  }

  @Test
  void givenTwoOpenCalls_whenRejectedAfterTheNodeDied_thenBothMayHaveHadAnEffect() {
    VirtualNode node1 = trip.node("node-1");
    VirtualNode node2 = trip.node("node-2");
    hang("hotel", "flight");
    trip.start(node1);
    trip.reject(SECOND, "hotel", "flight");

    node1.kill();
    SagaHandle saga = trip.find(node2);

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(Shop.kinds(saga)).contains("STEP_UNKNOWN hotel", "STEP_UNKNOWN flight");
    assertThat(trip.calls()).contains("~hotel", "~flight").endsWith("~create");
  }

  @Test
  void givenTwoOpenAtMostOnceCalls_whenTheNodeDies_thenNeitherIsCalledAgain() {
    SagaDefinition<Order> once = once();
    VirtualNode node1 = shop.time.start(shop.builder("node-1").register(once));
    hang("a", "b");
    SagaHandle saga = trip.start(node1, once);

    node1.kill();
    shop.time.start(shop.builder("node-1").register(once));

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(times("a")).isEqualTo(1);
    assertThat(times("b")).isEqualTo(1);
    assertThat(trip.calls()).contains("~a", "~b");
  }

  private SagaDefinition<Order> once() {
    SagaDefinitionBuilder<Order> builder = SagaDefinition.named("once", Order.class);
    return builder
        .parallel(
            branch -> trip.add(branch, "a").atMostOnce(),
            branch -> trip.add(branch, "b").atMostOnce())
        .build();
  }

  @Test
  void givenTwoOpenCalls_whenOneSucceedsInTheDrain_thenOnlyTheOtherIsOpenForTheNextNode() {
    VirtualNode node1 = trip.node("node-1");
    trip.slow(SECOND, "breakfast");
    hang("flight");
    SagaHandle saga = trip.start(node1);
    node1.coordinator().close();
    assertThat(trip.passed()).isEqualTo(DRAIN);
    assertThat(Shop.kinds(saga)).endsWith("STEP_COMPLETED hotel", "STEP_COMPLETED breakfast");
    shop.on("flight", ctx -> {});

    trip.node("node-2");

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(Shop.kinds(saga)).contains("SAGA_RESUMED").doesNotContain("ACTION_FAILED flight");
    assertThat(times("breakfast")).isEqualTo(1);
    assertThat(times("flight")).isEqualTo(2);
  }

  /** The last success of an interrupted call counts, although a sibling is given up before. */
  @Test
  void givenTwoInterruptedCalls_whenOneSucceedsAfterTheOtherWasGivenUp_thenItIsDurable() {
    VirtualNode node1 = trip.node("node-1");
    hang("hotel");
    trip.stubborn(DRAIN.plusMillis(500), "flight");
    SagaHandle saga = trip.start(node1);
    node1.coordinator().close();
    assertThat(Shop.kinds(saga)).endsWith("STEP_COMPLETED flight");
    shop.on("hotel", ctx -> {});

    trip.node("node-2");

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(Shop.kinds(saga)).contains("SAGA_RESUMED").doesNotContain("ACTION_FAILED hotel");
    assertThat(times("hotel")).isEqualTo(2);
    assertThat(times("flight")).isEqualTo(1);
  }

  /** Two calls are open, one of them ends: the saga still has an open call. */
  @Test
  void givenAtMostOnceCallBesideOneThatHasEnded_whenClosed_thenTheNextNodeKnowsThatItIsOpen() {
    SagaDefinition<Order> once = once();
    VirtualNode node1 = shop.time.start(shop.builder("node-1").register(once));
    trip.slow(SECOND, "a");
    trip.stubborn(Duration.ofHours(1), "b");
    SagaHandle saga = trip.start(node1, once);
    trip.advance(SECOND);

    node1.coordinator().close(); // b goes on in spite of its interrupt
    shop.time.start(shop.builder("node-2").register(once));

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(times("b")).isEqualTo(1);
    assertThat(trip.calls()).contains("~a", "~b");
  }

  @Test
  void givenCallThatLeaks_whenASiblingRuns_thenStuckWhenThatHasEndedAndItsNextStepDoesNotBegin() {
    trip.stubborn(Duration.ofHours(3), "flight");
    trip.slow(Duration.ofHours(2), "hotel");
    SagaDefinition<Order> definition = unlimited();
    VirtualNode node = shop.time.start(shop.builder("node-1").register(definition));
    SagaHandle saga = trip.start(node, definition);
    trip.advance(Duration.ofHours(1).plus(GRACE));
    assertThat(saga.status()).isEqualTo(SagaStatus.RUNNING);

    trip.advance(Duration.ofHours(1));

    assertThat(saga.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(Shop.kinds(saga)).endsWith("STEP_COMPLETED hotel", "SAGA_STUCK flight");
    assertThat(trip.calls()).containsExactly("hotel", "flight");

    shop.on("flight", ctx -> {});
    trip.advance(Duration.ofHours(1)); // the flight is over: the saga goes on
    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(trip.calls()).containsExactly("hotel", "flight", "breakfast", "flight");
  }

  @Test
  void givenCallThatLeaks_whenItEndsBeforeItsSibling_thenTheSagaWasNeverStuck() {
    trip.stubborn(Duration.ofMinutes(90), "flight");
    trip.slow(Duration.ofHours(2), "hotel");
    SagaDefinition<Order> definition = unlimited();
    VirtualNode node = shop.time.start(shop.builder("node-1").register(definition));
    SagaHandle saga = trip.start(node, definition);

    trip.advance(Duration.ofHours(2));

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(trip.calls()).containsExactly("hotel", "flight", "breakfast");
    assertThat(Shop.kinds(saga)).doesNotContain("SAGA_STUCK flight");
  }

  @Test
  void givenTwoCallsThatLeak_whenTheFirstEnds_thenTheSagaWaitsForTheSecondToo() {
    trip.stubborn(Duration.ofHours(3), "flight");
    trip.stubborn(Duration.ofHours(4), "hotel");
    SagaDefinition<Order> definition = unlimited();
    VirtualNode node = shop.time.start(shop.builder("node-1").register(definition));
    SagaHandle saga = trip.start(node, definition);
    trip.advance(Duration.ofHours(3).plus(SECOND));
    shop.on("flight", ctx -> {});
    shop.on("hotel", ctx -> {});
    assertThat(saga.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(Shop.kinds(saga)).contains("SAGA_STUCK hotel", "SAGA_STUCK flight");
    assertThat(trip.calls()).containsExactly("hotel", "flight");

    trip.advance(Duration.ofHours(1));

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(Shop.kinds(saga)).containsOnlyOnce("SAGA_RETRIED");
  }

  private SagaDefinition<Order> unlimited() {
    SagaDefinitionBuilder<Order> builder = SagaDefinition.named("unlimited", Order.class);
    return builder
        .parallel(
            branch -> {
              trip.add(branch, "hotel").timeout(Duration.ofHours(2).plusSeconds(1));
              trip.add(branch, "breakfast");
            },
            branch -> trip.add(branch, "flight"))
        .build();
  }

  @Test
  void givenOutcomeThatTheStoreRefuses_whenASiblingRuns_thenStuckWhenThatHasEnded() {
    VirtualNode node = shop.time.start(trip.builder("node-1", new RefusingStore("hotel")));
    trip.slow(SECOND, "hotel");
    trip.slow(SECOND.multipliedBy(3), "flight");
    SagaHandle saga = trip.start(node);
    trip.advance(SECOND.multipliedBy(2));
    assertThat(saga.status()).isEqualTo(SagaStatus.RUNNING);

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.STUCK);

    assertThat(Shop.kinds(saga)).endsWith("STEP_COMPLETED flight", "SAGA_STUCK hotel");
    assertThat(saga.await(SOON).reason().orElseThrow()).contains("out of range");
  }

  /** Refuses what a step has returned. */
  private final class RefusingStore extends ForwardingStore {
    private final String step;

    RefusingStore(String step) {
      super(shop.store);
      this.step = step;
    }

    @Override
    public CompletionStage<Void> append(NodeId owner, SagaAppend append) {
      boolean refused =
          append.records().stream()
              .anyMatch(row -> row.kind().equals("STEP_COMPLETED") && step.equals(row.step()));
      return refused
          ? CompletableFuture.failedFuture(
              new JournalRefusedException("A value is out of range.", null))
          : super.append(owner, append);
    }
  }

  @Test
  void givenTwoOpenCalls_whenTheLeaseIsLost_thenBothAreInterruptedAndTheNextOwnerCallsBothAgain() {
    VirtualNode node = trip.node("node-1");
    hang("hotel", "flight");
    SagaHandle saga = trip.start(node);
    shop.on("hotel", ctx -> {});
    shop.on("flight", ctx -> {});

    shop.store.evict(shop.idOf("node-1"));

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(List.of(times("hotel"), times("flight"))).containsExactly(2L, 2L);
    assertThat(Shop.kinds(saga)).contains("SAGA_RESUMED");
  }
}
