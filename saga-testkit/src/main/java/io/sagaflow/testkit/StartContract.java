package io.sagaflow.testkit;

import static io.sagaflow.testkit.Rows.newSaga;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredSaga;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** How sagas are started: idempotently by business key. */
abstract class StartContract extends StoreContract {

  @Test
  void givenFreeKey_whenStarted_thenSagaIsRunningWithItsFirstRecord() {
    NewSaga saga = newSaga(ORDERS, "order-42");

    StartResult result = get(store.start(node, saga));

    assertThat(result).isEqualTo(new StartResult(saga.header().id(), true));
    assertThat(store.load(saga.header().id()))
        .contains(new StoredSaga(saga.header(), SagaStatus.RUNNING, List.of(saga.first())));
    assertThat(store.find("place-order", "order-42")).contains(saga.header().id());
  }

  @Test
  void givenTakenKey_whenStartedAgain_thenTheFirstSagaIsAnsweredAndNothingIsWritten() {
    SagaId first = started(ORDERS, "order-42");
    NewSaga second = newSaga(new DefinitionRef("place-order", 2), "order-42");

    StartResult result = get(store.start(node, second));

    assertThat(result).isEqualTo(new StartResult(first, false));
    assertThat(store.load(second.header().id())).isEmpty();
  }

  @Test
  void givenKeyOfAnotherDefinition_whenStarted_thenBothExist() {
    SagaId order = started(ORDERS, "order-42");
    SagaId refund = started(REFUNDS, "order-42");

    assertThat(order).isNotEqualTo(refund);
    assertThat(store.statuses(List.of(order, refund))).hasSize(2);
  }

  @Test
  void givenManyCallers_whenTheyStartTheSameKeyAtOnce_thenOneSagaIsCreated() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    List<CompletableFuture<StartResult>> results = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      results.add(
          CompletableFuture.supplyAsync(
              () -> {
                awaitUninterruptibly(go);
                return get(store.start(node, newSaga(ORDERS, "order-42")));
              },
              task -> new Thread(task).start()));
    }

    go.countDown();

    List<StartResult> answers = results.stream().map(CompletableFuture::join).toList();
    assertThat(answers).filteredOn(StartResult::created).hasSize(1);
    assertThat(answers).extracting(StartResult::sagaId).containsOnly(answers.get(0).sagaId());
  }

  @Test
  void givenUnusualKeys_whenStarted_thenTheyAreFoundAgain() {
    for (String key : List.of("ключ-42", "鍵 🔑", "a'b\"c;--", "k".repeat(200))) {
      SagaId id = started(ORDERS, key);

      assertThat(store.find("place-order", key)).contains(id);
      assertThat(store.load(id).orElseThrow().header().businessKey()).isEqualTo(key);
    }
  }
}
