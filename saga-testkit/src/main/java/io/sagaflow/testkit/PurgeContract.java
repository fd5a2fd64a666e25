package io.sagaflow.testkit;

import static io.sagaflow.SagaStatus.COMPENSATED;
import static io.sagaflow.SagaStatus.COMPLETED;
import static io.sagaflow.testkit.Rows.newSaga;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.Release;
import io.sagaflow.store.SagaPurge.PurgeOrder;
import io.sagaflow.store.SagaPurge.Purged;
import io.sagaflow.store.SagaSlice;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How ended sagas are deleted, and no others. */
abstract class PurgeContract extends StoreContract {

  private static final Instant LATER = NOW.plusSeconds(3_600);
  private static final SagaSlice ALL_IDS =
      new SagaSlice(Optional.empty(), Optional.empty(), false, 100);

  private Purged purge(Instant endedBefore) {
    return store
        .purge()
        .purge(new PurgeOrder(Set.of(COMPLETED, COMPENSATED), endedBefore, ALL_IDS));
  }

  private SagaId ended(String key, SagaStatus status, Instant at) {
    SagaId id = startedAt(NOW, ORDERS, key);
    get(store.append(node, ending(id, status, at)));
    return id;
  }

  @Test
  void givenEndedSaga_whenPurged_thenNothingOfItIsLeftAndItsKeyIsFree() {
    SagaId old = startedAt(NOW, ORDERS, "order-42");
    store.post(old, NewCommand.of(CommandKind.CANCEL, "ann", "too late"));
    get(store.append(node, ending(old, COMPLETED, NOW)));

    assertThat(purge(LATER)).isEqualTo(new Purged(1, Optional.empty()));

    assertThat(store.load(old)).isEmpty();
    assertThat(store.find("place-order", "order-42")).isEmpty();
    assertThat(store.statuses(Set.of(old))).isEmpty();
    assertThat(store.post(old, NewCommand.of(CommandKind.CANCEL, "ann", "much too late")))
        .isEmpty();
    StartResult fresh = get(store.start(node, newSaga(ORDERS, "order-42")));
    assertThat(fresh.created()).isTrue();
    assertThat(journal(fresh.sagaId())).hasSize(1);
  }

  @Test
  void givenSagasThatHaveNotEnded_whenPurged_thenTheyStay() {
    SagaId running = startedAt(NOW, ORDERS, "running");
    SagaId parked = startedAt(NOW, ORDERS, "parked");
    get(store.append(node, release(parked, Release.until(NOW.minusSeconds(9)).on("charge"))));
    SagaId turned = startedAt(NOW, ORDERS, "turned");
    get(store.append(node, turned(turned)));
    SagaId stuck = startedAt(NOW, ORDERS, "stuck");
    get(store.append(node, stuck(stuck, Release.untilCommand(), Rows.stuck(2, null))));

    assertThat(purge(LATER)).isEqualTo(new Purged(0, Optional.empty()));

    assertThat(store.statuses(Set.of(running, parked, turned, stuck))).hasSize(4);
  }

  @Test
  void givenSagasOfBothEnds_whenOneIsNamed_thenTheOtherStays() {
    SagaId completed = ended("completed", COMPLETED, NOW);
    SagaId compensated = ended("compensated", COMPENSATED, NOW);

    Purged purged = store.purge().purge(new PurgeOrder(Set.of(COMPENSATED), LATER, ALL_IDS));

    assertThat(purged.sagas()).isEqualTo(1);
    assertThat(store.statuses(Set.of(completed, compensated))).containsOnlyKeys(completed);
  }

  @Test
  void givenAnInstant_whenPurged_thenOnlyWhatEndedBeforeItGoes() {
    SagaId before = ended("before", COMPLETED, NOW.minusNanos(1_000));
    SagaId at = ended("at", COMPLETED, NOW);

    assertThat(purge(NOW).sagas()).isEqualTo(1);

    assertThat(store.statuses(Set.of(before, at))).containsOnlyKeys(at);
  }

  @Test
  void givenMoreThanTheLimit_whenPurged_thenOldestFirstAndTheRestBehind() {
    List<SagaId> ids =
        List.of(
            ended("1", COMPLETED, NOW), ended("2", COMPENSATED, NOW), ended("3", COMPLETED, NOW));
    PurgeOrder order =
        new PurgeOrder(
            Set.of(COMPLETED, COMPENSATED),
            LATER,
            new SagaSlice(Optional.empty(), Optional.empty(), false, 2));

    Purged first = store.purge().purge(order);
    assertThat(first).isEqualTo(new Purged(2, Optional.of(ids.get(1))));
    assertThat(store.statuses(ids)).containsOnlyKeys(ids.get(2));

    Purged second = store.purge().purge(order.behind(ids.get(1)));
    assertThat(second).isEqualTo(new Purged(1, Optional.empty()));
    assertThat(store.statuses(ids)).isEmpty();
  }

  @Test
  void givenARangeOfIds_whenPurged_thenOthersStay() {
    SagaId within = ended("within", COMPLETED, NOW);
    SagaId behind = startedAt(NOW.plusMillis(1), ORDERS, "behind");
    get(store.append(node, ending(behind, COMPLETED, NOW)));
    SagaSlice slice =
        new SagaSlice(Optional.empty(), Optional.of(SagaId.boundAt(NOW.plusMillis(1))), false, 100);

    store.purge().purge(new PurgeOrder(Set.of(COMPLETED), LATER, slice));

    assertThat(store.statuses(Set.of(within, behind))).containsOnlyKeys(behind);
  }

  @Test
  void givenChildThatHasEnded_whenItsRootHasNot_thenItStaysAndGoesWithItsRoot() {
    SagaId root = startedAt(NOW, ORDERS, "root");
    SagaId child = startedChild(root, "child");
    get(store.append(node, ending(child, COMPLETED, NOW)));

    assertThat(purge(LATER).sagas()).isZero();

    get(store.append(node, ending(root, COMPENSATED, NOW)));
    assertThat(purge(LATER).sagas()).isEqualTo(2);
    assertThat(store.statuses(Set.of(root, child))).isEmpty();
  }

  private SagaId startedChild(SagaId root, String key) {
    NewSaga saga = newSaga(REFUNDS, key);
    StoredRecord first = saga.first();
    StoredRecord ofChild =
        new StoredRecord(
            1,
            first.at(),
            first.kind(),
            null,
            0,
            first.code(),
            root.toString(),
            root.toString(),
            null,
            first.payload());
    return get(store.start(node, new NewSaga(saga.header(), ofChild))).sagaId();
  }
}
