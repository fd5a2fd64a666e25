package io.sagaflow.testkit;

import static io.sagaflow.testkit.Rows.completed;
import static io.sagaflow.testkit.Rows.newSaga;
import static io.sagaflow.testkit.Rows.stepCompleted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Release;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.store.StoredSaga;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link SagaStore} must do. A store's own test extends this class and says how to
 * create an empty store.
 */
public abstract class SagaStoreContract {

  private static final DefinitionRef ORDERS = new DefinitionRef("place-order", 1);
  private static final DefinitionRef REFUNDS = new DefinitionRef("refund-order", 3);
  private static final Set<DefinitionRef> ALL = Set.of(ORDERS, REFUNDS);
  private static final Instant NOW = Instant.parse("2030-01-01T12:00:00.123456Z");

  private SagaStore store;
  private NodeId node;

  /** For subclasses. */
  @SuppressWarnings("NullAway.Init") // set before each test
  protected SagaStoreContract() {}

  /**
   * Creates an empty store, not opened yet.
   *
   * @return the store; closed after the test
   */
  protected abstract SagaStore createStore();

  @BeforeEach
  final void openStore() {
    store = createStore();
    store.open();
    node = store.join("node-1");
  }

  @AfterEach
  final void closeStore() {
    store.close();
  }

  // Starting

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

  // Appending

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

    stages.forEach(SagaStoreContract::get);
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
    stages.forEach(SagaStoreContract::get);
    good.forEach(id -> assertThat(journal(id)).hasSize(2));
  }

  @Test
  void givenStatusInAppend_whenRead_thenItIsTheSagas() {
    SagaId id = started(ORDERS, "order-42");

    get(store.append(node, turned(id)));

    assertThat(store.statuses(Set.of(id))).isEqualTo(Map.of(id, SagaStatus.COMPENSATING));
  }

  // Fencing

  @Test
  void givenEvictedNode_whenItWrites_thenItIsFencedAndNothingIsWritten() {
    SagaId id = started(ORDERS, "order-42");
    store.evict(node);

    assertFails(
        store.append(node, records(id, stepCompleted(2, "late"))), NodeFencedException.class);
    NewSaga late = newSaga(ORDERS, "late");
    assertFails(store.start(node, late), NodeFencedException.class);

    assertThat(journal(id)).hasSize(1);
    assertThat(store.load(late.header().id())).isEmpty();
  }

  @Test
  void givenEvictedNode_whenItAsks_thenItIsFenced() {
    store.evict(node);

    assertThatThrownBy(() -> store.heartbeat(node)).isInstanceOf(NodeFencedException.class);
    assertThatThrownBy(() -> store.claim(node, ALL, NOW, 10))
        .isInstanceOf(NodeFencedException.class);
  }

  @Test
  void givenSilentNode_whenEvictedAsSilent_thenItIsFenced() {
    NodeBeat seen = store.nodes().get(0);

    boolean evicted = store.evictIfSilent(seen);

    assertThat(evicted).isTrue();
    assertThatThrownBy(() -> store.heartbeat(node)).isInstanceOf(NodeFencedException.class);
  }

  @Test
  void givenNodeThatHasRenewedItsLease_whenEvictedAsSilent_thenItKeepsIt() {
    NodeBeat seen = store.nodes().get(0);
    store.heartbeat(node);

    boolean evicted = store.evictIfSilent(seen);

    assertThat(evicted).isFalse();
    assertThat(store.heartbeat(node)).extracting(NodeBeat::node).containsExactly(node);
  }

  @Test
  void givenNodeWithoutLease_whenEvictedAsSilent_thenItHasNone() {
    boolean evicted = store.evictIfSilent(new NodeBeat(new NodeId(UUID.randomUUID()), "b", 1));

    assertThat(evicted).isTrue();
    assertThat(store.nodes()).extracting(NodeBeat::node).containsExactly(node);
  }

  @Test
  void givenNodeWithoutLease_whenEvicted_thenNothingHappens() {
    store.evict(new NodeId(UUID.randomUUID()));

    assertThat(store.nodes()).extracting(NodeBeat::node).containsExactly(node);
  }

  @Test
  void givenNodeName_whenAnotherJoinsUnderIt_thenTheFormerIsFenced() {
    SagaId id = started(ORDERS, "order-42");

    NodeId successor = store.join("node-1");

    assertThat(successor).isNotEqualTo(node);
    assertFails(
        store.append(node, records(id, stepCompleted(2, "late"))), NodeFencedException.class);
    assertThat(store.nodes()).extracting(NodeBeat::node).containsExactly(successor);
  }

  @Test
  void givenHeartbeats_whenAnotherNodeLooks_thenTheCounterMoves() {
    NodeId other = store.join("node-2");
    long before = beats(store.heartbeat(other), node);

    store.heartbeat(node);
    store.heartbeat(node);

    assertThat(beats(store.heartbeat(other), node)).isEqualTo(before + 2);
    assertThat(store.nodes()).extracting(NodeBeat::name).containsOnly("node-1", "node-2");
  }

  // Taking over

  @Test
  void givenLivingOwner_whenOrphansAreReleased_thenItsSagasStay() {
    started(ORDERS, "order-42");
    NodeId other = store.join("node-2");

    assertThat(store.releaseOrphans(10)).isZero();
    assertThat(store.claim(other, ALL, NOW, 10)).isEmpty();
  }

  @Test
  void givenDeadOwner_whenOrphansAreReleased_thenAnotherClaimsThemWithTheirJournal() {
    SagaId id = started(ORDERS, "order-42");
    get(store.append(node, records(id, stepCompleted(2, "a"))));
    store.evict(node);
    NodeId other = store.join("node-2");

    assertThat(store.releaseOrphans(10)).isEqualTo(1);
    ClaimedSaga claimed = only(store.claim(other, ALL, NOW, 10));

    assertThat(claimed.orphaned()).isTrue();
    assertThat(claimed.recoveries()).isEqualTo(1);
    assertThat(claimed.saga().journal()).extracting(StoredRecord::seq).containsExactly(1L, 2L);
    get(store.append(other, records(id, stepCompleted(3, "b"))));
  }

  @Test
  void givenSeveralDeaths_whenNoProgressIsMade_thenRecoveriesAreCounted() {
    SagaId id = started(ORDERS, "order-42");

    assertThat(dieAndClaim("node-2").recoveries()).isEqualTo(1);
    assertThat(dieAndClaim("node-3").recoveries()).isEqualTo(2);
    get(store.append(node, progress(id, stepCompleted(2, "a"))));
    assertThat(dieAndClaim("node-4").recoveries()).isEqualTo(1);
  }

  @Test
  void givenMoreOrphansThanTheLimit_whenReleased_thenInPortions() {
    IntStream.range(0, 5).forEach(i -> started(ORDERS, "order-" + i));
    store.evict(node);

    assertThat(store.releaseOrphans(3)).isEqualTo(3);
    assertThat(store.releaseOrphans(3)).isEqualTo(2);
    assertThat(store.releaseOrphans(3)).isZero();
  }

  @Test
  void givenClaimedSaga_whenItsFormerOwnerHadReleasedIt_thenItIsNotOrphaned() {
    SagaId id = started(ORDERS, "order-42");
    get(store.append(node, release(id, Release.until(NOW))));

    ClaimedSaga claimed = only(store.claim(node, ALL, NOW, 10));

    assertThat(claimed.orphaned()).isFalse();
    assertThat(claimed.recoveries()).isZero();
  }

  @Test
  void givenNodeThatLeaves_whenAnotherClaims_thenOnlyOpenSagasAreOrphaned() {
    SagaId quiet = started(ORDERS, "quiet");
    SagaId open = started(ORDERS, "open");
    NodeId other = store.join("node-2");

    store.leave(node, Set.of(open));
    List<ClaimedSaga> claimed = store.claim(other, ALL, NOW, 10);

    assertThat(claimed).hasSize(2);
    assertThat(claimed)
        .filteredOn(ClaimedSaga::orphaned)
        .extracting(each -> each.saga().header().id())
        .containsExactly(open);
    assertFails(
        store.append(node, records(quiet, stepCompleted(2, "late"))), NodeFencedException.class);
  }

  @Test
  void givenClaimedOrphan_whenItsOwnerLeavesBeforeItWroteAnything_thenItIsAnOrphanStill() {
    started(ORDERS, "order-42");
    dieAndClaim("node-2");
    NodeId other = store.join("node-3");

    store.leave(node, Set.of());

    assertThat(only(store.claim(other, ALL, NOW, 10)).orphaned()).isTrue();
  }

  @Test
  void givenClaimedOrphan_whenItsOwnerLeavesAfterProgress_thenItIsAnOrphanNoMore() {
    SagaId id = started(ORDERS, "order-42");
    dieAndClaim("node-2");
    NodeId other = store.join("node-3");
    get(store.append(node, progress(id, stepCompleted(2, "a"))));

    store.leave(node, Set.of());

    assertThat(only(store.claim(other, ALL, NOW, 10)).orphaned()).isFalse();
  }

  // Claiming

  @Test
  void givenSagaThatWaits_whenClaimedBeforeItsTime_thenItIsLeft() {
    SagaId id = started(ORDERS, "order-42");
    get(store.append(node, release(id, Release.until(NOW.plusSeconds(60)))));

    assertThat(store.claim(node, ALL, NOW, 10)).isEmpty();
    assertThat(store.claim(node, ALL, NOW.plusSeconds(60), 10)).hasSize(1);
  }

  @Test
  void givenSagaReleasedUntilCommand_whenClaimed_thenOnlyAfterACommand() {
    SagaId id = started(ORDERS, "order-42");
    get(store.append(node, release(id, Release.untilCommand())));
    assertThat(store.claim(node, ALL, NOW, 10)).isEmpty();

    store.post(id, CommandKind.RETRY, "ann", "the bank is back");
    ClaimedSaga claimed = only(store.claim(node, ALL, NOW, 10));

    StoredCommand command = only(claimed.commands());
    assertThat(command.kind()).isEqualTo("RETRY");
    assertThat(command.by()).isEqualTo("ann");
    assertThat(command.reason()).isEqualTo("the bank is back");
  }

  @Test
  void givenSagasOfSeveralDefinitions_whenClaimed_thenOnlyOfTheGivenOnes() {
    released(REFUNDS, "refund", NOW);
    released(new DefinitionRef("place-order", 2), "newer", NOW);
    SagaId mine = released(ORDERS, "mine", NOW);

    List<ClaimedSaga> claimed = store.claim(node, Set.of(ORDERS), NOW, 10);

    assertThat(only(claimed).saga().header().id()).isEqualTo(mine);
    assertThat(store.claim(node, Set.of(), NOW, 10)).isEmpty();
  }

  @Test
  void givenMoreDueSagasThanTheLimit_whenClaimed_thenTheOldestFirst() {
    SagaId third = released(ORDERS, "third", NOW.minusSeconds(1));
    SagaId first = released(ORDERS, "first", NOW.minusSeconds(3));
    SagaId second = released(ORDERS, "second", NOW.minusSeconds(2));

    List<ClaimedSaga> claimed = store.claim(node, ALL, NOW, 2);

    assertThat(claimed)
        .extracting(each -> each.saga().header().id())
        .containsExactly(first, second);
    assertThat(only(store.claim(node, ALL, NOW, 2)).saga().header().id()).isEqualTo(third);
  }

  @Test
  void givenTwoNodes_whenTheyClaimAtOnce_thenEachSagaIsClaimedOnce() {
    Set<SagaId> due = new HashSet<>();
    IntStream.range(0, 60).forEach(i -> due.add(released(ORDERS, "order-" + i, NOW)));
    NodeId other = store.join("node-2");
    CountDownLatch go = new CountDownLatch(1);

    CompletableFuture<List<SagaId>> one = claimAll(node, go);
    CompletableFuture<List<SagaId>> two = claimAll(other, go);
    go.countDown();

    List<SagaId> claimed = new ArrayList<>(one.join());
    claimed.addAll(two.join());
    assertThat(claimed).doesNotHaveDuplicates().hasSameElementsAs(due);
  }

  // Commands

  @Test
  void givenOwnedSaga_whenCommandsArePosted_thenItsOwnerReadsThemInOrderUntilConsumed() {
    SagaId id = started(ORDERS, "order-42");

    assertThat(store.post(id, CommandKind.CANCEL, "ann", "changed my mind"))
        .contains(SagaStatus.RUNNING);
    store.post(id, CommandKind.RETRY, "bob", "once more");

    List<StoredCommand> commands = store.commands(node, 10);
    assertThat(commands).extracting(StoredCommand::kind).containsExactly("CANCEL", "RETRY");
    assertThat(store.commands(node, 1)).containsExactly(commands.get(0));
    assertThat(store.commands(store.join("node-2"), 10)).isEmpty();

    get(store.append(node, consuming(id, commands.get(0).id(), stepCompleted(2, "a"))));
    assertThat(store.commands(node, 10)).containsExactly(commands.get(1));
  }

  @Test
  void givenUnansweredCommand_whenTheSagaIsReleased_thenItIsDueAtOnce() {
    SagaId id = started(ORDERS, "order-42");
    store.post(id, CommandKind.CANCEL, "ann", "changed my mind");

    get(store.append(node, release(id, Release.until(NOW.plusSeconds(3_600)))));

    assertThat(only(store.claim(node, ALL, NOW, 10)).commands()).hasSize(1);
  }

  @Test
  void givenSagaThatEnds_whenItHasUnansweredCommands_thenTheyGoWithIt() {
    SagaId id = started(ORDERS, "order-42");
    store.post(id, CommandKind.CANCEL, "ann", "too late");

    get(store.append(node, ending(id)));

    assertThat(store.commands(node, 10)).isEmpty();
    assertThat(store.claim(node, ALL, NOW, 10)).isEmpty();
    assertThat(store.post(id, CommandKind.CANCEL, "ann", "again")).contains(SagaStatus.COMPLETED);
    assertThat(store.claim(node, ALL, NOW, 10)).isEmpty();
  }

  @Test
  void givenUnknownSaga_whenAsked_thenNothingIsFound() {
    SagaId unknown = new SagaId(UUID.randomUUID());

    assertThat(store.load(unknown)).isEmpty();
    assertThat(store.statuses(Set.of(unknown))).isEmpty();
    assertThat(store.statuses(Set.of())).isEmpty();
    assertThat(store.find("place-order", "nobody")).isEmpty();
    assertThat(store.post(unknown, CommandKind.CANCEL, "ann", "why not")).isEmpty();
  }

  // What the tests are written in

  private SagaId started(DefinitionRef definition, String key) {
    return get(store.start(node, newSaga(definition, key))).sagaId();
  }

  private SagaId released(DefinitionRef definition, String key, Instant wakeAt) {
    SagaId id = started(definition, key);
    get(store.append(node, release(id, Release.until(wakeAt))));
    return id;
  }

  private ClaimedSaga dieAndClaim(String successor) {
    store.evict(node);
    node = store.join(successor);
    assertThat(store.releaseOrphans(10)).isEqualTo(1);
    return only(store.claim(node, ALL, NOW, 10));
  }

  private CompletableFuture<List<SagaId>> claimAll(NodeId claimant, CountDownLatch go) {
    return CompletableFuture.supplyAsync(
        () -> {
          awaitUninterruptibly(go);
          List<SagaId> all = new ArrayList<>();
          List<ClaimedSaga> some;
          do {
            some = store.claim(claimant, ALL, NOW, 7);
            some.forEach(each -> all.add(each.saga().header().id()));
          } while (!some.isEmpty());
          return all;
        },
        task -> new Thread(task).start());
  }

  private List<StoredRecord> journal(SagaId id) {
    return store.load(id).orElseThrow().journal();
  }

  private static SagaAppend records(SagaId id, StoredRecord... rows) {
    return append(id, rows, Optional.empty(), Optional.empty(), List.of(), false);
  }

  private static SagaAppend progress(SagaId id, StoredRecord... rows) {
    return append(id, rows, Optional.empty(), Optional.empty(), List.of(), true);
  }

  private static SagaAppend consuming(SagaId id, long command, StoredRecord... rows) {
    return append(id, rows, Optional.empty(), Optional.empty(), List.of(command), false);
  }

  private static SagaAppend release(SagaId id, Release release) {
    return append(
        id, new StoredRecord[0], Optional.empty(), Optional.of(release), List.of(), false);
  }

  private static SagaAppend turned(SagaId id) {
    return append(
        id,
        new StoredRecord[] {Rows.turnedBack(2)},
        Optional.of(SagaStatus.COMPENSATING),
        Optional.empty(),
        List.of(),
        true);
  }

  private static SagaAppend ending(SagaId id) {
    return append(
        id,
        new StoredRecord[] {stepCompleted(2, "a"), completed(3)},
        Optional.of(SagaStatus.COMPLETED),
        Optional.of(Release.untilCommand()),
        List.of(),
        true);
  }

  private static SagaAppend append(
      SagaId id,
      StoredRecord[] rows,
      Optional<SagaStatus> status,
      Optional<Release> release,
      List<Long> consumed,
      boolean progress) {
    return new SagaAppend(id, List.of(rows), status, release, consumed, progress);
  }

  private static long beats(List<NodeBeat> beats, NodeId of) {
    return beats.stream().filter(beat -> beat.node().equals(of)).findAny().orElseThrow().beats();
  }

  private static <T> T only(List<T> list) {
    assertThat(list).hasSize(1);
    return list.get(0);
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  private static void assertFails(
      CompletionStage<?> stage, Class<? extends RuntimeException> with) {
    assertThatThrownBy(() -> get(stage))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(with);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
