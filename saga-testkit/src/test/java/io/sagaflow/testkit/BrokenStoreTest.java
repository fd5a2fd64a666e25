package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.ORDER;
import static io.sagaflow.testkit.Shop.SOON;
import static io.sagaflow.testkit.Soundness.assertSound;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.StartResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A write that fails although the contract says that it waits, and one that is refused. */
class BrokenStoreTest {

  private final Shop shop = new Shop();
  private final BreakingStore store = new BreakingStore();
  private final VirtualNode node = shop.time.start(shop.builder("node-1", store));

  /** How a write fails. */
  enum Failure {
    STAGE_FAILS_UNWRITTEN,
    STAGE_FAILS_WRITTEN,
    THROWS_UNWRITTEN,
    THROWS_WRITTEN;

    <T> CompletionStage<T> fail(Supplier<CompletionStage<T>> write) {
      SagaStoreException lost = new SagaStoreException("The connection is gone.", null);
      CompletionStage<T> failed = CompletableFuture.failedFuture(lost);
      CompletionStage<T> told =
          this == STAGE_FAILS_WRITTEN || this == THROWS_WRITTEN
              ? write.get().thenCompose(written -> failed)
              : failed;
      if (this == THROWS_WRITTEN || this == THROWS_UNWRITTEN) {
        throw lost;
      }
      return told;
    }
  }

  private final class BreakingStore extends ForwardingStore {
    private int breakAt;
    private Failure failure = Failure.STAGE_FAILS_UNWRITTEN;
    private Predicate<SagaAppend> refused = append -> false;
    private int refusals;
    private int writes;

    BreakingStore() {
      super(shop.store);
    }

    @Override
    public CompletionStage<StartResult> start(NodeId owner, NewSaga saga) {
      return ++writes == breakAt
          ? failure.fail(() -> super.start(owner, saga))
          : super.start(owner, saga);
    }

    @Override
    public CompletionStage<Void> append(NodeId owner, SagaAppend append) {
      if (refused.test(append)) {
        refusals++;
        return CompletableFuture.failedFuture(
            new JournalRefusedException("A value is out of range.", null));
      }
      return ++writes == breakAt
          ? failure.fail(() -> super.append(owner, append))
          : super.append(owner, append);
    }
  }

  private static boolean has(SagaAppend append, String kind) {
    return append.records().stream().anyMatch(row -> row.kind().equals(kind));
  }

  @ParameterizedTest
  @EnumSource(Failure.class)
  void givenAppendThatFails_whenItMayBeWrittenOrNot_thenTheSagaIsClaimedAnewAndCompletes(
      Failure failure) {
    store.failure = failure;
    for (store.breakAt = 2; store.breakAt <= 6; store.breakAt++) {
      store.writes = 0;
      shop.calls.clear();
      shop.keys.clear();
      shop.effects.clear();

      SagaHandle saga = node.coordinator().start(shop.placeOrder, "order-" + store.breakAt, ORDER);
      saga.await(SOON);

      assertSound(shop, saga, SagaStatus.COMPLETED);
    }
    assertThat(shop.store.nodes()).extracting(NodeBeat::name).containsExactly("node-1");
  }

  @ParameterizedTest
  @EnumSource(Failure.class)
  void givenStartThatFails_whenRepeated_thenTheSagaRunsOnce(Failure failure) {
    store.failure = failure;
    store.breakAt = 1;
    assertThatThrownBy(() -> shop.start(node))
        .isInstanceOf(SagaStoreException.class)
        .hasMessageContaining("repeat it with the same business key");

    SagaHandle saga = shop.start(node);
    saga.await(SOON);

    assertSound(shop, saga, SagaStatus.COMPLETED);
    assertThat(shop.calls).hasSize(5);
  }

  @Test
  void givenRefusedOutcome_whenItIsAppended_thenStuckWithTheReasonAndNobodyElseIs() {
    store.refused = append -> has(append, "STEP_COMPLETED") && append.sagaId().equals(guilty());
    SagaHandle saga = shop.start(node);
    SagaHandle other = node.coordinator().start(shop.placeOrder, "order-43", ORDER);

    SagaOutcome outcome = saga.await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(outcome.reason().orElseThrow()).contains("A value is out of range");
    assertThat(other.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenStuckByARefusal_whenRetriedAndAccepted_thenTheSagaCompletes() {
    store.refused = append -> has(append, "STEP_COMPLETED");
    SagaHandle saga = shop.start(node);
    saga.await(SOON);

    store.refused = append -> false;
    node.coordinator().retry(saga.id(), "ann", "the column is wider now");
    shop.time.advance(Duration.ofSeconds(1)); // until the next poll

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(shop.calls)
        .containsExactly("create", "create", "reserve", "charge", "confirm", "receipt");
  }

  @Test
  void givenRefusedOutcomeOfAnAtMostOnceAction_whenRetried_thenItIsNotCalledAgain() {
    List<String> calls = new ArrayList<>();
    SagaDefinition<String> once =
        SagaDefinition.named("once", String.class)
            .step("charge")
            .action(ctx -> calls.add("charge"))
            .compensation(ctx -> calls.add("~charge"))
            .atMostOnce()
            .build();
    VirtualNode its = shop.time.start(shop.builder("node-2", store).register(once));
    store.refused = append -> has(append, "STEP_COMPLETED");
    SagaHandle saga = its.coordinator().start(once, "key", "input");
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.STUCK);

    store.refused = append -> false;
    its.coordinator().retry(saga.id(), "ann", "the column is wider now");
    shop.time.advance(Duration.ofSeconds(1)); // until the next poll

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).containsExactly("charge", "~charge");
  }

  @Test
  void givenSagaOfWhichEverythingIsRefused_whenItIsGivenUp_thenNothingGoesOnForEver() {
    store.refused = append -> append.sagaId().equals(guilty());
    SagaHandle saga = shop.start(node);
    SagaHandle other = node.coordinator().start(shop.placeOrder, "order-43", ORDER);

    shop.time.advance(SOON);

    assertThat(store.refusals).isEqualTo(2); // what was to be written, and that it is stuck
    assertThat(saga.status()).isEqualTo(SagaStatus.RUNNING);
    assertThat(other.status()).isEqualTo(SagaStatus.COMPLETED);
  }

  private SagaId guilty() {
    return shop.store.find("place-order", "order-42").orElseThrow();
  }
}
