package io.sagaflow.testkit.database;

import static io.sagaflow.testkit.database.Scene.NOW;
import static io.sagaflow.testkit.database.Scene.TEN_SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.Release;
import io.sagaflow.testkit.database.Scene.Peer;
import io.sagaflow.testkit.database.SteppedPace.Call;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who waits for whom at a saga's row, and who passes. */
@SuppressWarnings("FutureReturnValueIgnored") // the database shows what became of a write
class RowLockTest {

  private final Scene scene = new Scene();
  private final Peer a = scene.process("a");
  private final Peer b = scene.process("b");

  @Test
  void givenAppendInDoubtThatChangesItsSaga_whenCommandIsPosted_thenThePostWaits() {
    SagaId saga = a.started("order-1");
    a.meets(Fate.committedAfter(TEN_SECONDS)).appends(saga, 2);

    Call<?> post = b.posts(saga);

    assertThat(post.isDone()).isFalse();
    assertThat(scene.database.waits())
        .containsExactly(new Wait(b.store, Exchange.POST, Set.of(a.store)));
    scene.pace.advance(TEN_SECONDS);
    assertThat(post.get()).isEqualTo(Optional.of(SagaStatus.RUNNING));
  }

  @Test
  void givenAppendInDoubtOfRecordsAlone_whenCommandIsPosted_thenThePostPasses() {
    SagaId saga = a.started("order-1");
    a.meets(Fate.committedAfter(TEN_SECONDS)).notes(saga, 2);

    Call<?> post = b.posts(saga);

    assertThat(post.isDone()).isTrue();
  }

  @Test
  void givenPostThatWaits_whenItsSagaEndsMeanwhile_thenNothingIsPosted() {
    SagaId saga = a.started("order-1");
    a.meets(Fate.committedAfter(TEN_SECONDS)).ends(saga, 2);
    Call<Optional<SagaStatus>> post = b.posts(saga);

    scene.pace.advance(TEN_SECONDS);

    assertThat(post.get()).contains(SagaStatus.COMPLETED);
    assertThat(scene.committed).doesNotContain("posted CANCEL");
  }

  /** Whichever comes second sees the other, and no command is left lying. */
  @Test
  void givenPostInDoubt_whenItsSagaIsReleased_thenTheReleaseWaitsAndTheSagaIsDueAtOnce() {
    SagaId saga = a.started("order-1");
    b.meets(Fate.committedAfter(TEN_SECONDS)).posts(saga);

    CompletableFuture<Void> released = a.releases(saga, Release.until(NOW.plusSeconds(3_600)));
    boolean waited = !released.isDone();
    scene.pace.advance(TEN_SECONDS);

    assertThat(waited).isTrue();
    assertThat(released).isCompleted();
    assertThat(b.claims().get()).hasSize(1);
  }

  @Test
  void givenPostInDoubtThatIsAborted_whenItsSagaIsReleased_thenItIsDueAtItsTime() {
    SagaId saga = a.started("order-1");
    b.meets(Fate.abortedAfter(TEN_SECONDS)).posts(saga);

    a.releases(saga, Release.until(NOW.plusSeconds(3_600)));
    scene.pace.advance(TEN_SECONDS);

    assertThat(b.claims().get()).isEmpty();
  }

  @Test
  void givenDueSagaThatIsLocked_whenOthersClaim_thenTheySkipItAndDoNotWait() {
    SagaId locked = a.due("order-1");
    SagaId free = a.due("order-2");
    b.meets(Fate.committedAfter(TEN_SECONDS)).posts(locked);

    List<SagaId> claimed =
        a.claims().get().stream().map(each -> each.saga().header().id()).toList();

    assertThat(claimed).containsExactly(free);
  }

  @Test
  void givenClaimInDoubt_whenAnotherNodeClaims_thenNoSagaIsClaimedTwice() {
    a.due("order-1");
    a.meets(Fate.committedAfter(TEN_SECONDS)).claims();

    assertThat(b.claims().get()).isEmpty();
  }

  @Test
  void givenOrphanThatIsLocked_whenOrphansAreReleased_thenItIsSkipped() {
    SagaId locked = a.started("order-1");
    a.started("order-2");
    b.evicts(a.node);
    b.meets(Fate.committedAfter(TEN_SECONDS)).posts(locked);

    assertThat(b.releasesOrphans().get()).isEqualTo(1);
    scene.pace.advance(TEN_SECONDS);
    assertThat(b.releasesOrphans().get()).isEqualTo(1);
  }

  @Test
  void givenPostInDoubt_whenTheSagasOwnerLeaves_thenItWaits() {
    SagaId saga = a.started("order-1");
    b.meets(Fate.committedAfter(TEN_SECONDS)).posts(saga);

    Call<?> leave = a.leaves();
    boolean waited = !leave.isDone();
    scene.pace.advance(TEN_SECONDS);

    assertThat(waited).isTrue();
    assertThat(leave.isDone()).isTrue();
    assertThat(b.claims().get()).hasSize(1);
  }

  @Test
  void givenTwoPostsThatWait_whenTheRowIsFree_thenTheyGoOnInTheirOrder() {
    SagaId saga = a.started("order-1");
    a.meets(Fate.committedAfter(TEN_SECONDS)).appends(saga, 2);
    Peer c = scene.process("c");
    c.meets(Fate.committedAfter(TEN_SECONDS)).posts(saga);
    Call<?> second = b.posts(saga);

    scene.pace.advance(TEN_SECONDS);

    assertThat(second.isDone()).isFalse();
    assertThat(scene.database.waits().get(0).blockers()).containsExactly(c.store);
    scene.pace.advance(TEN_SECONDS);
    assertThat(second.isDone()).isTrue();
  }

  /** It is another's by then: the UPDATE looks anew at the row that it waited for. */
  @Test
  void givenAppendThatWaitsForItsRow_whenTheSagaIsSomebodyElsesMeanwhile_thenTheRowStays() {
    SagaId saga = a.started("order-1");
    b.meets(Fate.committedAfter(TEN_SECONDS)).posts(saga);
    a.releases(saga, Release.untilCommand());
    CompletableFuture<Void> late = a.ends(saga, 2);

    scene.pace.advance(TEN_SECONDS);

    assertThat(late).isCompleted();
    assertThat(scene.database.status(saga)).contains(SagaStatus.RUNNING);
    assertThat(scene.journal(saga)).containsExactly(1L, 2L);
  }
}
