package io.sagaflow.testkit.database;

import static io.sagaflow.testkit.database.Scene.NOW;
import static io.sagaflow.testkit.database.Scene.TEN_SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Release;
import io.sagaflow.store.StartResult;
import io.sagaflow.testkit.database.Fate.Outcome;
import io.sagaflow.testkit.database.Scene.Peer;
import io.sagaflow.testkit.database.SteppedPace.Call;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of an exchange whose connection breaks. */
@SuppressWarnings("FutureReturnValueIgnored") // the database shows what became of a write
class FateTest {

  private static final Duration SOON = Duration.ofMillis(50); // the lane's first backoff

  private final Scene scene = new Scene();
  private final Peer a = scene.process("a");
  private final Peer b = scene.process("b");

  private static Fate fate(Outcome outcome) {
    return new Fate(outcome, Duration.ZERO, Duration.ZERO, TEN_SECONDS);
  }

  private static boolean isCommitted(Outcome outcome) {
    return switch (outcome) {
      case ANSWERED, ANSWER_LOST, COMMITTED_LATER -> true;
      case NOT_SENT, ABORTED, ABORTED_LATER -> false;
    };
  }

  // Batches

  @ParameterizedTest
  @EnumSource
  void givenAnyFate_whenAppended_thenItIsWrittenOnce(Outcome outcome) {
    SagaId saga = a.started("order-1");

    CompletableFuture<Void> append = a.meets(fate(outcome)).appends(saga, 2);
    scene.pace.advance(TEN_SECONDS);

    assertThat(append).isCompleted();
    assertThat(scene.journal(saga)).containsExactly(1L, 2L);
    assertThat(scene.committed).containsOnlyOnce("appended [2]");
  }

  @ParameterizedTest
  @EnumSource
  void givenAnyFate_whenStarted_thenTheSagaIsCreatedOnce(Outcome outcome) {
    NewSaga saga = scene.saga("order-1");

    CompletableFuture<StartResult> start = a.meets(fate(outcome)).starts(saga);
    scene.pace.advance(TEN_SECONDS);

    assertThat(start).isCompletedWithValue(new StartResult(saga.header().id(), true));
    assertThat(scene.committed).containsOnlyOnce("started order-1");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ANSWERED")
  void givenBrokenConnection_whenAppended_thenItIsToldOnlyAfterTheRepeat(Outcome outcome) {
    SagaId saga = a.started("order-1");

    CompletableFuture<Void> append = a.meets(fate(outcome)).appends(saga, 2);

    assertThat(append).isNotDone();
    assertThat(scene.journal(saga)).hasSize(outcome == Outcome.ANSWER_LOST ? 2 : 1);
  }

  @Test
  void givenBatchInDoubt_whenItIsRepeated_thenTheRepeatWaitsUntilItIsDecided() {
    SagaId saga = a.started("order-1");
    CompletableFuture<Void> append = a.meets(Fate.committedAfter(TEN_SECONDS)).appends(saga, 2);

    scene.pace.advance(TEN_SECONDS.minusMillis(1));

    assertThat(append).isNotDone();
    assertThat(scene.database.waits())
        .containsExactly(new Wait(a.store, Exchange.BATCH, Set.of(a.store)));
    scene.pace.advance(Duration.ofMillis(1));
    assertThat(append).isCompleted();
  }

  @Test
  void givenConnectionThatBreaksAgainAndAgain_whenAppended_thenThePausesGrowToTwoSeconds() {
    SagaId saga = a.started("order-1");
    Fate[] broken = new Fate[20];
    Arrays.fill(broken, Fate.NOT_SENT);
    CompletableFuture<Void> append = a.meets(broken).appends(saga, 2);

    scene.pace.advance(Duration.ofMillis(50 + 100 + 200 + 400 + 800 + 1_600 + 14 * 2_000 - 1));
    boolean before = append.isDone();
    scene.pace.advance(Duration.ofMillis(1));

    assertThat(before).isFalse();
    assertThat(append).isCompleted();
  }

  /** Nothing of the first try can have been committed, so the repeat is a first try, too. */
  @Test
  void givenTryThatWasNotSent_whenItsNumberIsTakenMeanwhile_thenTheRepeatIsRefused() {
    SagaId saga = a.started("order-1");
    CompletableFuture<Void> append = a.meets(Fate.NOT_SENT).appends(saga, 2);
    b.notes(saga, 2);

    scene.pace.advance(SOON);

    assertThat(append).isCompletedExceptionally();
  }

  @Test
  void givenLatencies_whenAppended_thenItIsCommittedAfterTheFirstAndToldAfterTheSecond() {
    SagaId saga = a.started("order-1");
    a.meets(Fate.ANSWERED.within(Duration.ofMillis(3), Duration.ofMillis(4)));
    CompletableFuture<Void> append = a.appends(saga, 2);

    scene.pace.advance(Duration.ofMillis(2));
    int before = scene.database.journalSize(saga);
    scene.pace.advance(Duration.ofMillis(1));
    int after = scene.database.journalSize(saga);
    scene.pace.advance(Duration.ofMillis(3));
    boolean told = append.isDone();
    scene.pace.advance(Duration.ofMillis(1));

    assertThat(before).isEqualTo(1);
    assertThat(after).isEqualTo(2);
    assertThat(told).isFalse();
    assertThat(append).isCompleted();
  }

  // Releases and claims

  /** The repeat would take the saga from the driver that it has got in between. */
  @Test
  void givenReleaseWithoutAnswer_whenItsSagaIsDue_thenThisNodeClaimsItOnlyAfterTheRepeat() {
    SagaId saga = a.started("order-1");
    a.meets(Fate.ANSWER_LOST).releases(saga, Release.until(NOW));

    int meanwhile = a.claims().get().size();
    scene.pace.advance(SOON);

    assertThat(meanwhile).isZero();
    assertThat(a.claims().get()).hasSize(1);
  }

  @Test
  void givenReleaseWithoutAnswer_whenAnotherNodeClaimsItsSaga_thenTheRepeatLeavesItThere() {
    SagaId saga = a.started("order-1");
    a.meets(Fate.ANSWER_LOST).releases(saga, Release.until(NOW));

    int claimed = b.claims().get().size();
    scene.pace.advance(SOON);

    assertThat(claimed).isEqualTo(1);
    assertThat(scene.database.owner(saga)).contains(b.node);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ANSWERED")
  void givenClaimThatBreaks_whenTheNodeClaimsAgain_thenItGetsTheSaga(Outcome outcome) {
    a.due("order-1");

    Call<?> broken = a.meets(fate(outcome)).claims();
    Call<?> again = a.claims();
    scene.pace.advance(TEN_SECONDS);

    assertThat(broken.failure()).isInstanceOf(SagaStoreException.class);
    assertThat(again.get()).asInstanceOf(LIST).hasSize(1);
    assertThat(scene.committed).filteredOn("claimed"::equals).hasSize(isCommitted(outcome) ? 2 : 1);
  }

  @Test
  void givenClaimInDoubt_whenTheNodeClaimsAgain_thenItWaitsToGiveBackWhatItMayHaveTaken() {
    a.due("order-1");
    a.meets(Fate.committedAfter(TEN_SECONDS)).claims();

    Call<?> again = a.claims();

    assertThat(again.isDone()).isFalse();
    scene.pace.advance(TEN_SECONDS);
    assertThat(scene.committed).endsWith("claimed", "freed", "claimed");
  }

  @Test
  void givenClaimThatWaits_whenTheSameProcessClaims_thenItIsOneAtATime() {
    a.due("order-1");
    b.meets(Fate.abortedAfter(TEN_SECONDS)).evicts(a.node);
    Call<?> first = a.claims();
    Call<?> second = a.claims();

    int waiting = scene.database.waits().size();
    scene.pace.advance(TEN_SECONDS);

    assertThat(waiting).isEqualTo(1);
    assertThat(first.get()).isNotEqualTo(List.of());
    assertThat(second.get()).isEqualTo(List.of());
  }

  // Nodes

  /** A coordinator that finds another of its name stops; it must not find itself. */
  @Test
  void givenJoinWhoseAnswerIsLost_whenTheNodesAreLookedAt_thenNobodyHasTheName() {
    Call<NodeId> join = a.meets(Fate.ANSWER_LOST).joinsAs("new");

    assertThat(join.failure()).isInstanceOf(SagaStoreException.class);
    assertThat(a.store.nodes()).extracting(NodeBeat::name).containsExactly("a", "b");
    assertThat(b.store.nodes()).extracting(NodeBeat::name).containsExactly("a", "b", "new");
    NodeId joined = a.joinsAs("new").get();
    assertThat(b.store.nodes()).extracting(NodeBeat::node).containsExactly(a.node, b.node, joined);
  }

  /** What a process may ask, and what is then committed. */
  private enum Ask {
    EVICT("evicted"),
    RENEW("renewed"),
    RELEASE_ORPHANS("freed as an orphan"),
    POST("posted CANCEL"),
    LEAVE("left");

    private final String committed;

    Ask(String committed) {
      this.committed = committed;
    }

    private void of(Peer process, NodeId dying, SagaId saga) {
      switch (this) {
        case EVICT -> process.store.evict(dying);
        case RENEW -> process.store.heartbeat(process.node);
        case RELEASE_ORPHANS -> process.store.releaseOrphans(10);
        case POST ->
            process.store.post(saga, NewCommand.of(CommandKind.CANCEL, "ann", "changed my mind"));
        case LEAVE -> process.store.leave(process.node, Set.of());
      }
    }
  }

  private static Stream<Arguments> breaks() {
    return Stream.of(Ask.values())
        .flatMap(
            ask ->
                Stream.of(Outcome.values())
                    .filter(outcome -> outcome != Outcome.ANSWERED)
                    .map(outcome -> Arguments.of(ask, outcome)));
  }

  @ParameterizedTest
  @MethodSource("breaks")
  void givenBrokenConnection_whenAsked_thenItThrowsAndDoesWhatItsFateSays(
      Ask ask, Outcome outcome) {
    SagaId saga = a.started("order-1");
    NodeId dying = a.joinsAs("dying").get();
    a.joinsAs("a"); // so that the saga is an orphan
    scene.committed.clear();

    assertThatThrownBy(() -> ask.of(b.meets(fate(outcome)), dying, saga))
        .isInstanceOf(SagaStoreException.class);
    boolean atOnce = scene.committed.contains(ask.committed);
    scene.pace.advance(TEN_SECONDS);

    assertThat(atOnce).isEqualTo(outcome == Outcome.ANSWER_LOST);
    assertThat(scene.committed.contains(ask.committed)).isEqualTo(isCommitted(outcome));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ANSWERED")
  void givenBrokenConnection_whenSomethingIsRead_thenItThrows(Outcome outcome) {
    SagaId saga = a.started("order-1");

    assertThatThrownBy(() -> a.meets(fate(outcome)).store.load(saga))
        .isInstanceOf(SagaStoreException.class);
  }
}
