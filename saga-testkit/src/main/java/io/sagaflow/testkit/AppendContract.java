package io.sagaflow.testkit;

import static io.sagaflow.testkit.Rows.stepCompleted;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** How records are appended: all or nothing, in order, each number once. */
abstract class AppendContract extends StoreContract {

  @Test
  void givenRunningSaga_whenAppended_thenRecordsAreReadBackInOrder() {
    SagaId id = started(ORDERS, "order-42");

    get(store.append(node, records(id, stepCompleted(2, "a"), stepCompleted(3, "b"))));
    get(store.append(node, records(id, stepCompleted(4, "c"))));

    assertThat(journal(id)).extracting(StoredRecord::seq).containsExactly(1L, 2L, 3L, 4L);
    assertThat(journal(id)).extracting(StoredRecord::step).containsExactly(null, "a", "b", "c");
  }

  @Test
  void givenRecordsWithEveryColumn_whenReadBack_thenTheyAreEqual() {
    SagaId id = started(ORDERS, "order-42");
    List<StoredRecord> rows = Rows.withEveryColumn(2);

    get(store.append(node, records(id, rows.toArray(StoredRecord[]::new))));

    assertThat(journal(id).subList(1, rows.size() + 1)).isEqualTo(rows);
  }

  @Test
  void givenManyAppends_whenNobodyWaitsInBetween_thenTheyAreWrittenInTheOrderOfTheCalls() {
    SagaId id = started(ORDERS, "order-42");

    List<CompletionStage<Void>> stages =
        LongStream.rangeClosed(2, 101)
            .mapToObj(seq -> store.append(node, records(id, stepCompleted(seq, "s" + seq))))
            .toList();

    stages.forEach(StoreContract::get);
    assertThat(journal(id))
        .extracting(StoredRecord::seq)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 101).boxed().toList());
  }

  @Test
  void givenNumberThatIsTaken_whenAppended_thenRefusedAndNothingOfItIsWritten() {
    SagaId id = started(ORDERS, "order-42");
    get(store.append(node, records(id, stepCompleted(2, "mine"))));

    assertFails(
        store.append(node, records(id, stepCompleted(2, "other"), stepCompleted(3, "other"))),
        JournalRefusedException.class);

    assertThat(journal(id)).extracting(StoredRecord::step).containsExactly(null, "mine");
  }

  @Test
  void givenRefusedAppend_whenOtherSagasAppendAtTheSameTime_thenTheirsAreWritten() {
    SagaId bad = started(ORDERS, "bad");
    List<SagaId> good = IntStream.range(0, 20).mapToObj(i -> started(ORDERS, "good-" + i)).toList();

    List<CompletionStage<Void>> stages = new ArrayList<>();
    CompletionStage<Void> refused = store.append(node, records(bad, stepCompleted(1, "again")));
    good.forEach(id -> stages.add(store.append(node, records(id, stepCompleted(2, "a")))));

    assertFails(refused, JournalRefusedException.class);
    stages.forEach(StoreContract::get);
    good.forEach(id -> assertThat(journal(id)).hasSize(2));
  }

  @Test
  void givenStatusInAppend_whenRead_thenItIsTheSagas() {
    SagaId id = started(ORDERS, "order-42");

    get(store.append(node, turned(id)));

    assertThat(store.statuses(Set.of(id))).isEqualTo(Map.of(id, SagaStatus.COMPENSATING));
  }
}
