package io.sagaflow.testkit;

import static io.sagaflow.SagaStatus.COMPENSATED;
import static io.sagaflow.SagaStatus.COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sagaflow.LockClaim;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.LockAnswer;
import io.sagaflow.store.LockAnswer.Deadlock;
import io.sagaflow.store.LockAnswer.Granted;
import io.sagaflow.store.LockAnswer.Waiting;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.Release;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaLocks;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who holds a lock, who waits for it, and when it is released. */
abstract class LockContract extends StoreContract {

  private SagaLocks locks;
  private SagaId first;
  private SagaId second;
  private SagaId third;

  @BeforeEach
  void startSagas() {
    assumeTrue(store.locks().isPresent(), "this store keeps no locks");
    locks = store.locks().orElseThrow();
    first = startedAt(NOW, ORDERS, "first");
    second = startedAt(NOW, ORDERS, "second");
    third = startedAt(NOW, ORDERS, "third");
  }

  private LockAnswer acquire(SagaId saga, String... keys) {
    return locks.acquire(node, saga, saga, Set.of(keys));
  }

  private void end(SagaId saga, SagaStatus status) {
    SagaAppend end = ending(saga, status, NOW);
    get(
        store.append(
            node,
            new SagaAppend(
                saga,
                end.records(),
                end.status(),
                Optional.of(Release.untilCommand().unlocking()),
                List.of(),
                false)));
  }

  private static Waiting behind(SagaId... sagas) {
    return new Waiting(Set.of(sagas));
  }

  @Test
  void givenFreeLocks_whenAskedFor_thenGrantedAndKept() {
    assertThat(acquire(first, "a", "b")).isEqualTo(new Granted());
    assertThat(acquire(first, "a", "b")).isEqualTo(new Granted());

    assertThat(locks.claims(first))
        .extracting(LockClaim::key, LockClaim::saga, LockClaim::held)
        .containsExactly(tuple("a", first, true), tuple("b", first, true));
  }

  @Test
  void givenHeldLock_whenOthersAsk_thenTheyWaitInTheOrderInWhichTheyCame() {
    acquire(first, "a");

    assertThat(acquire(second, "a")).isEqualTo(behind(first));
    assertThat(acquire(third, "a")).isEqualTo(behind(first, second));
    assertThat(acquire(second, "a")).isEqualTo(behind(first));

    assertThat(locks.claims("a")).extracting(LockClaim::saga).containsExactly(first, second, third);
    assertThat(locks.claims("a")).extracting(LockClaim::held).containsExactly(true, false, false);
  }

  @Test
  void givenWaitingSagas_whenTheHolderEnds_thenTheNextInOrderIsGrantedAndNobodyElse() {
    acquire(first, "a");
    acquire(second, "a");
    acquire(third, "a");
    assertThat(locks.next(10)).isEmpty();

    end(first, COMPLETED);

    assertThat(locks.next(10)).containsExactly(second);
    assertThat(acquire(third, "a")).isEqualTo(behind(second));
    assertThat(acquire(second, "a")).isEqualTo(new Granted());
    assertThat(locks.next(10)).isEmpty();
  }

  @Test
  void givenSagaThatWaitsForOneOfItsKeys_whenAnotherAsksForTheOther_thenItComesAfterIt() {
    acquire(first, "a");

    assertThat(acquire(second, "a", "b")).isEqualTo(behind(first));
    assertThat(acquire(third, "b")).isEqualTo(behind(second));
    end(first, COMPENSATED);

    assertThat(acquire(second, "a", "b")).isEqualTo(new Granted());
    assertThat(acquire(third, "b")).isEqualTo(behind(second));
    end(second, COMPLETED);
    assertThat(acquire(third, "b")).isEqualTo(new Granted());
  }

  @Test
  void givenSagaThatWaitsForTwoKeys_whenOneOfThemIsFree_thenItIsNotWoken() {
    acquire(first, "a");
    acquire(second, "b");
    acquire(third, "a", "b");

    end(first, COMPLETED);
    assertThat(locks.next(10)).isEmpty();
    end(second, COMPLETED);

    assertThat(locks.next(10)).containsExactly(third);
  }

  @Test
  void givenSagaWithTwoRequests_whenOneCanBeGranted_thenItIsWokenForThat() {
    acquire(first, "a");
    acquire(second, "b");
    acquire(third, "a");
    acquire(third, "b");

    end(first, COMPLETED);

    assertThat(locks.next(10)).containsExactly(third);
    assertThat(acquire(third, "a")).isEqualTo(new Granted());
    assertThat(acquire(third, "b")).isEqualTo(behind(second));
  }

  @Test
  void givenWaitingSagaThatTurnedBack_whenTheHolderEnds_thenItIsPassedOver() {
    acquire(first, "a");
    acquire(second, "a");
    acquire(third, "a");
    get(store.append(node, turned(second)));

    end(first, COMPLETED);

    assertThat(locks.next(10)).containsExactly(third);
    assertThat(acquire(third, "a")).isEqualTo(new Granted());
  }

  @Test
  void givenSagaThatWithdraws_whenItHoldsOneLockAndWaitsForAnother_thenOnlyItsPlaceIsGivenUp() {
    acquire(first, "a");
    acquire(second, "b");
    acquire(second, "a");
    acquire(third, "a");

    locks.withdraw(second);

    assertThat(locks.claims(second)).extracting(LockClaim::key).containsExactly("b");
    assertThat(acquire(third, "a")).isEqualTo(behind(first));
  }

  @Test
  void givenHolderThatTurnedBackOrIsStuck_whenAnotherAsks_thenItStillWaits() {
    acquire(first, "a");
    acquire(second, "b");
    get(store.append(node, turned(first)));
    get(store.append(node, stuck(second, Release.untilCommand(), Rows.stuck(2, null))));

    assertThat(acquire(third, "a", "b")).isEqualTo(behind(first, second));
    assertThat(locks.next(10)).isEmpty();
  }

  @Test
  void givenTwoSagasThatHoldWhatTheOtherWants_whenTheSecondAsks_thenDeadlockAndItKeepsNoPlace() {
    acquire(first, "a");
    acquire(second, "b");

    assertThat(acquire(first, "b")).isEqualTo(behind(second));
    assertThat(acquire(second, "a")).isEqualTo(new Deadlock(Set.of(first)));

    assertThat(locks.claims("a")).extracting(LockClaim::saga).containsExactly(first);
    end(second, COMPENSATED);
    assertThat(acquire(first, "b")).isEqualTo(new Granted());
  }

  @Test
  void givenARingOfThree_whenTheLastAsks_thenDeadlock() {
    acquire(first, "a");
    acquire(second, "b");
    acquire(third, "c");
    acquire(first, "b");
    acquire(second, "c");

    assertThat(acquire(third, "a")).isInstanceOf(Deadlock.class);
    assertThat(acquire(second, "c")).isEqualTo(behind(third));
  }

  @Test
  void givenQueueBehindAWaitingSaga_whenTheHolderWaitsForThatQueue_thenDeadlock() {
    acquire(first, "a");
    acquire(second, "b");
    acquire(second, "a", "c"); // waits, and comes first for c

    assertThat(acquire(first, "c")).isInstanceOf(Deadlock.class);
  }

  @Test
  void givenAFamily_whenItsMembersAsk_thenTheyShareTheLocksOfTheOutermost() {
    assertThat(locks.acquire(node, second, first, Set.of("a"))).isEqualTo(new Granted());
    assertThat(acquire(first, "a")).isEqualTo(new Granted());
    end(second, COMPLETED);

    assertThat(acquire(third, "a")).isEqualTo(behind(first));
    end(first, COMPLETED);
    assertThat(acquire(third, "a")).isEqualTo(new Granted());
  }

  @Test
  void givenTwoMembersThatWait_whenTheHolderEnds_thenBothAreWokenAndGranted() {
    acquire(third, "a");
    acquire(first, "a");
    locks.acquire(node, second, first, Set.of("a"));

    end(third, COMPLETED);

    assertThat(locks.next(10)).containsExactlyInAnyOrder(first, second);
    assertThat(locks.acquire(node, second, first, Set.of("a"))).isEqualTo(new Granted());
    assertThat(acquire(first, "a")).isEqualTo(new Granted());
    assertThat(locks.claims("a")).hasSize(1);
  }

  @Test
  void givenChildWhoseOutermostSagaHasEnded_whenItAsks_thenItHoldsTheLockItself() {
    end(first, COMPLETED);

    assertThat(locks.acquire(node, second, first, Set.of("a"))).isEqualTo(new Granted());

    assertThat(acquire(third, "a")).isEqualTo(behind(second));
    end(second, COMPLETED);
    assertThat(acquire(third, "a")).isEqualTo(new Granted());
  }

  @Test
  void givenNodeWithoutALease_whenItAsks_thenFencedAndNothingIsTaken() {
    store.evict(node);

    assertThatThrownBy(() -> acquire(first, "a")).isInstanceOf(NodeFencedException.class);

    assertThat(locks.claims("a")).isEmpty();
  }

  /** Of a zombie, whose saga was carried to its end by another node meanwhile. */
  @Test
  void givenLockOfASagaThatHasEnded_whenAnotherAsks_thenItIsForgotten() {
    end(first, COMPLETED);
    acquire(first, "a");

    assertThat(acquire(second, "a")).isEqualTo(new Granted());
  }
}
