package io.sagaflow.testkit;

import static io.sagaflow.testkit.Rows.newSaga;
import static io.sagaflow.testkit.Rows.stepCompleted;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.LocalTransaction;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.JoinedStart;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredSaga;
import io.sagaflow.store.TransactionalStore;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a store must do within transactions that it didn't begin, if it offers {@link
 * io.sagaflow.store.SagaStore#transactions()}. A store's test extends this class.
 */
public abstract class TransactionalStoreContract extends StoreContract {

  /** For subclasses. */
  protected TransactionalStoreContract() {}

  /** A transaction in the store's database. */
  public interface OpenTransaction {

    /**
     * Returns the transaction as a store gets it.
     *
     * @return the transaction
     */
    LocalTransaction transaction();

    /** Commits it. */
    void commit();

    /** Rolls it back. */
    void rollBack();
  }

  /**
   * Creates an empty store, not opened yet.
   *
   * @return the store; closed after the test
   */
  @Override
  protected abstract SagaStore createStore();

  /**
   * Begins a transaction.
   *
   * @return the transaction, under way
   */
  protected abstract OpenTransaction begin();

  private TransactionalStore joining() {
    return store.transactions().orElseThrow();
  }

  @Test
  void givenStartInATransaction_whenItIsCommitted_thenTheSagaIsThereUnownedAndDue() {
    NewSaga saga = newSaga(ORDERS, "order-42");
    OpenTransaction open = begin();
    JoinedStart joined = joining().start(open.transaction(), saga);
    assertThat(store.load(saga.header().id())).isEmpty();
    assertThat(store.claim(node, ALL, NOW, 10)).isEmpty();

    open.commit();

    SagaId id = saga.header().id();
    assertThat(joined.sagaId()).isEqualTo(id);
    assertThat(joined.created()).isTrue();
    assertThat(store.find("place-order", "order-42")).contains(id);
    ClaimedSaga claimed = only(store.claim(node, ALL, Instant.EPOCH, 10));
    assertThat(claimed.saga())
        .isEqualTo(new StoredSaga(saga.header(), SagaStatus.RUNNING, List.of(saga.first())));
    assertThat(claimed.orphaned()).isFalse();
    assertThat(claimed.recoveries()).isZero();
  }

  @Test
  void givenStartInATransaction_whenItIsRolledBack_thenThereIsNoSagaAndTheKeyIsFree() {
    NewSaga saga = newSaga(ORDERS, "order-42");
    OpenTransaction open = begin();
    joining().start(open.transaction(), saga);

    open.rollBack();

    assertThat(store.load(saga.header().id())).isEmpty();
    assertThat(store.claim(node, ALL, NOW, 10)).isEmpty();
    assertThat(get(store.start(node, newSaga(ORDERS, "order-42"))).created()).isTrue();
  }

  @Test
  void givenKeyOfASaga_whenStartedInATransaction_thenThatSagaAndItsInputAreAnswered() {
    NewSaga first = newSaga(ORDERS, "order-42");
    get(store.start(node, first));
    OpenTransaction open = begin();

    JoinedStart joined =
        joining()
            .start(open.transaction(), newSaga(new DefinitionRef("place-order", 2), "order-42"));
    open.commit();

    assertThat(joined.sagaId()).isEqualTo(first.header().id());
    assertThat(joined.created()).isFalse();
    assertThat(joined.input()).isEqualTo(first.first().payload());
    assertThat(journal(first.header().id())).hasSize(1);
  }

  @Test
  void givenStartInATransaction_whenStartedAgainInIt_thenTheSameSaga() {
    NewSaga first = newSaga(ORDERS, "order-42");
    OpenTransaction open = begin();
    joining().start(open.transaction(), first);

    JoinedStart again = joining().start(open.transaction(), newSaga(ORDERS, "order-42"));
    open.commit();

    assertThat(again)
        .isEqualTo(
            new JoinedStart(first.header().id(), false, requireNonNull(first.first().payload())));
    assertThat(store.claim(node, ALL, NOW, 10)).hasSize(1);
  }

  @Test
  void givenSeveralStartsInATransaction_whenItIsCommitted_thenAllAreThere() {
    OpenTransaction open = begin();
    joining().start(open.transaction(), newSaga(ORDERS, "one"));
    joining().start(open.transaction(), newSaga(REFUNDS, "one"));
    joining().start(open.transaction(), newSaga(ORDERS, "two"));

    open.commit();

    assertThat(store.claim(node, ALL, NOW, 10)).hasSize(3);
  }

  @Test
  void givenSagaOfACommittedTransaction_whenItsKeyIsStarted_thenItIsAnswered() {
    NewSaga saga = newSaga(ORDERS, "order-42");
    OpenTransaction open = begin();
    joining().start(open.transaction(), saga);
    open.commit();

    StartResult again = get(store.start(node, newSaga(ORDERS, "order-42")));

    assertThat(again).isEqualTo(new StartResult(saga.header().id(), false));
  }

  @Test
  void givenSagaOfACommittedTransaction_whenItGetsACommand_thenItsClaimHasIt() {
    NewSaga saga = newSaga(ORDERS, "order-42");
    OpenTransaction open = begin();
    joining().start(open.transaction(), saga);
    assertThat(
            store.post(saga.header().id(), NewCommand.of(CommandKind.CANCEL, "ann", "too early")))
        .isEmpty();
    open.commit();

    store.post(saga.header().id(), NewCommand.of(CommandKind.CANCEL, "ann", "changed her mind"));

    assertThat(only(store.claim(node, ALL, NOW, 10)).commands()).hasSize(1);
  }

  @Test
  void givenAppendInATransaction_whenItIsCommitted_thenItIsInTheJournal() {
    SagaId id = started(ORDERS, "order-42");
    OpenTransaction open = begin();
    SagaAppend append = progress(id, stepCompleted(2, "a"));
    joining().append(open.transaction(), node, append);
    assertThat(journal(id)).hasSize(1);

    open.commit();

    assertThat(journal(id)).hasSize(2).endsWith(append.records().get(0));
    assertThat(joining().isAppended(append)).isTrue();
    get(store.append(node, records(id, stepCompleted(3, "b"))));
  }

  @Test
  void givenAppendInATransaction_whenItIsRolledBack_thenTheJournalIsAsBefore() {
    SagaId id = started(ORDERS, "order-42");
    OpenTransaction open = begin();
    SagaAppend append = progress(id, stepCompleted(2, "a"));
    joining().append(open.transaction(), node, append);

    open.rollBack();

    assertThat(joining().isAppended(append)).isFalse();
    assertThat(journal(id)).hasSize(1);
    get(store.append(node, records(id, stepCompleted(2, "b"))));
    assertThat(joining().isAppended(append)).isFalse(); // another record has its number
  }

  @Test
  void givenAppendThatEndsTheSaga_whenCommitted_thenItHasEnded() {
    SagaId id = started(ORDERS, "order-42");
    store.post(id, NewCommand.of(CommandKind.CANCEL, "ann", "changed her mind"));
    OpenTransaction open = begin();
    joining().append(open.transaction(), node, ending(id));

    open.commit();

    assertThat(store.statuses(List.of(id))).containsEntry(id, SagaStatus.COMPLETED);
    assertThat(store.commands(node, 10)).isEmpty();
    assertThat(joining().isAppended(ending(id))).isTrue();
  }

  /** A zombie: its transaction was under way while its node was taken for dead. */
  @Test
  void givenNodeEvictedSinceTheTransactionBegan_whenItAppends_thenFenced() {
    SagaId id = started(ORDERS, "order-42");
    OpenTransaction open = begin();
    store.evict(node);

    assertThatThrownBy(
            () -> joining().append(open.transaction(), node, progress(id, stepCompleted(2, "a"))))
        .isInstanceOf(NodeFencedException.class);
    open.rollBack();
    assertThat(journal(id)).hasSize(1);
  }

  @Test
  void givenSagaThatAnotherNodeTookOver_whenTheFormerOwnerAppends_thenFenced() {
    SagaId id = started(ORDERS, "order-42");
    NodeId zombie = node;
    OpenTransaction open = begin();
    dieAndClaim("node-2");

    assertThatThrownBy(
            () -> joining().append(open.transaction(), zombie, progress(id, stepCompleted(2, "a"))))
        .isInstanceOf(NodeFencedException.class);
    open.rollBack();
    get(store.append(node, records(id, stepCompleted(2, "a"))));
  }
}
