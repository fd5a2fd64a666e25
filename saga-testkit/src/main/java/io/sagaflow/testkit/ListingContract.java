package io.sagaflow.testkit;

import static io.sagaflow.SagaStatus.COMPENSATED;
import static io.sagaflow.SagaStatus.COMPENSATING;
import static io.sagaflow.SagaStatus.COMPLETED;
import static io.sagaflow.SagaStatus.RUNNING;
import static io.sagaflow.SagaStatus.STUCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaCounts.Count;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaSummary;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.Release;
import io.sagaflow.store.SagaFilter;
import io.sagaflow.store.SagaListing;
import io.sagaflow.store.SagaSlice;
import io.sagaflow.store.SagasInFlight;
import io.sagaflow.store.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How sagas are listed and counted. */
abstract class ListingContract extends StoreContract {

  private static final SagaFilter ANY =
      new SagaFilter(Set.of(), Optional.empty(), Optional.empty());
  private static final DefinitionRef ORDERS_2 = new DefinitionRef("place-order", 2);

  private static SagaFilter of(SagaStatus... statuses) {
    return new SagaFilter(Set.of(statuses), Optional.empty(), Optional.empty());
  }

  private static SagaFilter onStep(String step) {
    return new SagaFilter(Set.of(), Optional.empty(), Optional.of(step));
  }

  private List<SagaId> ids(SagaFilter filter) {
    return ids(filter, new SagaSlice(Optional.empty(), Optional.empty(), false, 100));
  }

  private List<SagaId> ids(SagaFilter filter, SagaSlice slice) {
    SagaListing listing = store.queries().list(filter, slice);
    assertThat(listing.next()).isEmpty();
    return listing.sagas().stream().map(SagaSummary::id).toList();
  }

  /** All pages, each behind the one before it. */
  private List<List<SagaId>> pages(SagaFilter filter, boolean descending, int limit) {
    List<List<SagaId>> pages = new ArrayList<>();
    Optional<SagaSlice> slice =
        Optional.of(new SagaSlice(Optional.empty(), Optional.empty(), descending, limit));
    while (slice.isPresent()) {
      SagaSlice asked = slice.get();
      SagaListing listing = store.queries().list(filter, asked);
      pages.add(listing.sagas().stream().map(SagaSummary::id).toList());
      slice = listing.next().map(asked::behind);
    }
    return pages;
  }

  @Test
  void givenSagasOfEachStatus_whenListedByStatus_thenEachIsInItsList() {
    SagaId running = startedAt(NOW, ORDERS, "running");
    SagaId turned = startedAt(NOW, REFUNDS, "turned");
    get(store.append(node, turned(turned)));
    SagaId stuck = startedAt(NOW, ORDERS, "stuck");
    get(store.append(node, stuck(stuck, Release.untilCommand().on("b"), Rows.stuck(2, "b"))));
    SagaId completed = startedAt(NOW, ORDERS, "completed");
    get(store.append(node, ending(completed, COMPLETED, NOW)));
    SagaId compensated = startedAt(NOW, REFUNDS, "compensated");
    get(store.append(node, ending(compensated, COMPENSATED, NOW)));

    assertThat(ids(of(RUNNING))).containsExactly(running);
    assertThat(ids(of(COMPENSATING))).containsExactly(turned);
    assertThat(ids(of(STUCK))).containsExactly(stuck);
    assertThat(ids(of(COMPLETED))).containsExactly(completed);
    assertThat(ids(of(COMPENSATED))).containsExactly(compensated);
    assertThat(ids(of(STUCK, COMPENSATED, RUNNING))).containsExactly(running, stuck, compensated);
    assertThat(ids(of(COMPLETED, STUCK))).containsExactly(stuck, completed);
    assertThat(ids(ANY)).containsExactly(running, turned, stuck, completed, compensated);
  }

  @Test
  void givenSagasOfSeveralDefinitions_whenListed_thenInTheOrderOfTheirStarts() {
    SagaId first = startedAt(NOW, REFUNDS, "1");
    SagaId second = startedAt(NOW, ORDERS_2, "2");
    SagaId third = startedAt(NOW, ORDERS, "3");
    SagaId fourth = startedAt(NOW, REFUNDS, "4");
    SagaFilter orders =
        new SagaFilter(Set.of(RUNNING), Optional.of("place-order"), Optional.empty());
    SagaFilter nobodys = new SagaFilter(Set.of(RUNNING), Optional.of("nobody"), Optional.empty());
    SagaFilter refunds = new SagaFilter(Set.of(), Optional.of("refund-order"), Optional.empty());

    assertThat(ids(of(RUNNING))).containsExactly(first, second, third, fourth);
    assertThat(ids(orders)).containsExactly(second, third);
    assertThat(ids(refunds)).containsExactly(first, fourth);
    assertThat(ids(nobodys)).isEmpty();
  }

  @Test
  void givenMoreSagasThanAPageHas_whenPagedThrough_thenEachIsListedOnce() {
    List<SagaId> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      all.add(startedAt(NOW.plusMillis(i / 2), i % 2 == 0 ? ORDERS : REFUNDS, "key-" + i));
    }

    for (SagaFilter filter : List.of(ANY, of(RUNNING), of(RUNNING, STUCK))) {
      assertThat(pages(filter, false, 2))
          .containsExactly(all.subList(0, 2), all.subList(2, 4), all.subList(4, 6));
      assertThat(pages(filter, true, 4))
          .containsExactly(
              List.of(all.get(5), all.get(4), all.get(3), all.get(2)),
              List.of(all.get(1), all.get(0)));
      assertThat(pages(filter, false, 6)).containsExactly(all);
    }
  }

  @Test
  void givenBounds_whenListed_thenOnlySagasThatWereStartedBetweenThem() {
    startedAt(NOW.minusMillis(1), ORDERS, "before");
    SagaId at = startedAt(NOW, ORDERS, "at");
    SagaId within = startedAt(NOW.plusMillis(1), ORDERS, "within");
    startedAt(NOW.plusMillis(2), ORDERS, "behind");
    SagaSlice slice =
        new SagaSlice(
            Optional.of(SagaId.boundAt(NOW)),
            Optional.of(SagaId.boundAt(NOW.plusMillis(2))),
            false,
            100);

    assertThat(ids(ANY, slice)).containsExactly(at, within);
    assertThat(ids(of(RUNNING), slice)).containsExactly(at, within);
  }

  @Test
  void givenParkedSaga_whenItIsClaimed_thenItRestsOnNoStep() {
    SagaId parked = startedAt(NOW, ORDERS, "parked");
    startedAt(NOW, ORDERS, "driven");
    get(store.append(node, release(parked, Release.until(NOW).on("charge"))));

    assertThat(ids(onStep("charge"))).containsExactly(parked);
    assertThat(ids(onStep("reserve"))).isEmpty();

    store.claim(node, ALL, NOW, 10);
    assertThat(ids(onStep("charge"))).isEmpty();

    get(store.append(node, release(parked, Release.until(NOW))));
    assertThat(ids(onStep("charge"))).isEmpty();
  }

  @Test
  void givenStuckSaga_whenACommandIsRefused_thenItRestsOnItsStep() {
    SagaId id = startedAt(NOW, ORDERS, "stuck");
    get(store.append(node, stuck(id, Release.untilCommand().on("b"), Rows.stuck(2, "b"))));
    store.post(id, NewCommand.of(CommandKind.CANCEL, "ann", "too late"));
    long command = only(only(store.claim(node, ALL, NOW, 10)).commands()).id();

    assertThat(ids(onStep("b"))).containsExactly(id);
    get(
        store.append(
            node,
            append(
                id,
                new StoredRecord[] {Rows.completed(3)},
                Optional.empty(),
                Optional.of(Release.untilCommand()),
                List.of(command),
                false)));

    assertThat(ids(onStep("b"))).containsExactly(id);
  }

  @Test
  void givenStuckSaga_whenItIsSentOnOrStuckElsewhere_thenItRestsOnThatStepNoMore() {
    SagaId id = startedAt(NOW, ORDERS, "stuck");
    get(store.append(node, stuck(id, Release.untilCommand().on("b"), Rows.stuck(2, "b"))));
    store.post(id, NewCommand.of(CommandKind.RETRY, "ann", "mended"));
    store.claim(node, ALL, NOW, 10);

    get(
        store.append(
            node,
            append(
                id,
                new StoredRecord[] {Rows.retried(3)},
                Optional.of(COMPENSATING),
                Optional.empty(),
                List.of(),
                true)));
    assertThat(ids(onStep("b"))).isEmpty();

    get(store.append(node, stuck(id, Release.untilCommand().on("a"), Rows.stuck(4, "a"))));
    assertThat(ids(onStep("a"))).containsExactly(id);

    store.post(id, NewCommand.of(CommandKind.RETRY, "ann", "mended"));
    store.claim(node, ALL, NOW, 10);
    get(store.append(node, stuck(id, Release.untilCommand(), Rows.stuck(5, null))));
    assertThat(ids(onStep("a"))).isEmpty();
  }

  @Test
  void givenEndedSaga_whenListed_thenItSaysWhenItEndedAndRestsOnNoStep() {
    SagaId id = startedAt(NOW, ORDERS, "order-42");
    get(store.append(node, release(id, Release.until(NOW).on("charge"))));
    store.claim(node, ALL, NOW, 10);
    get(store.append(node, ending(id, COMPENSATED, NOW.plusSeconds(7))));

    SagaSlice slice = new SagaSlice(Optional.empty(), Optional.empty(), false, 100);
    assertThat(store.queries().list(ANY, slice).sagas())
        .containsExactly(
            new SagaSummary(
                id,
                "place-order",
                1,
                "order-42",
                COMPENSATED,
                Optional.empty(),
                Optional.of(NOW.plusSeconds(7))));
  }

  @Test
  void givenSagas_whenCounted_thenByStatusAndByDefinition() {
    startedAt(NOW, ORDERS, "running");
    get(store.append(node, turned(startedAt(NOW, ORDERS, "turned"))));
    startedAt(NOW, REFUNDS, "other");
    get(store.append(node, ending(startedAt(NOW, ORDERS_2, "completed"), COMPLETED, NOW)));

    assertThat(store.queries().counts().of(RUNNING)).isEqualTo(new Count(2, true));
    assertThat(store.queries().counts().of(COMPENSATING)).isEqualTo(new Count(1, true));
    assertThat(store.queries().counts().of(STUCK)).isEqualTo(new Count(0, true));
    assertThat(store.queries().counts().of(COMPLETED)).isEqualTo(new Count(1, true));
    assertThat(store.queries().inFlight())
        .containsExactlyInAnyOrder(
            new SagasInFlight(ORDERS, new Count(2, true)),
            new SagasInFlight(REFUNDS, new Count(1, true)));
  }

  @Test
  void givenNoSagas_whenListedAndCounted_thenThereAreNone() {
    assertThat(ids(ANY)).isEmpty();
    assertThat(ids(of(STUCK, RUNNING))).isEmpty();
    assertThat(ids(onStep("charge"))).isEmpty();
    assertThat(store.queries().counts().of(COMPLETED)).isEqualTo(new Count(0, true));
    assertThat(store.queries().inFlight()).isEmpty();
  }
}
