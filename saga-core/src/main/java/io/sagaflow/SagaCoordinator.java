package io.sagaflow;

import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Runs sagas from their journals. One for each process and store; thread-safe.
 *
 * <p>Several coordinators may share a store. Each saga is owned by one of them at a time; when that
 * one dies or is closed, another that has registered the saga's definition carries it on.
 *
 * <p>{@code find}, {@code history}, {@code sagas}, {@code counts}, {@code cancel} and {@code retry}
 * ask the store, and block until it has answered. With the PostgreSQL store that takes once or
 * twice a connection and a statement, 30 s each at worst unless the connection pool says otherwise.
 */
public interface SagaCoordinator extends AutoCloseable {

  /**
   * Begins a coordinator.
   *
   * @return a builder, to be completed by {@code start()}
   */
  static SagaCoordinatorBuilder builder() {
    return new SagaCoordinatorBuilder();
  }

  /**
   * Starts a saga. When this returns, the saga is durable and will end.
   *
   * <p>Idempotent: for a business key that has a saga of this definition already, running or ended,
   * that saga's handle is returned. So a caller that didn't get an answer repeats the call.
   *
   * <p>Blocks until there is room for the saga in memory, 30 s at most by default, and its start is
   * durable. Gives up the store timeout (30 s by default) after it was queued; the calling thread
   * may also write the batch itself, which takes as long as a connection and a statement take (30 s
   * at most each by default), and with the PostgreSQL store waits up to 30 s while 10,000 writes
   * wait for a database that is away, before it fails.
   *
   * @param definition a definition registered with this coordinator
   * @param businessKey what the saga is about, unique within the definition's name; 1 to 200
   *     characters, not blank, no control characters
   * @param input the saga's input
   * @param <I> the type of the saga's input
   * @return the saga
   * @throws IllegalArgumentException if the definition isn't registered, or the key isn't of that
   *     form
   * @throws SagaDataException if the input can't be written and read back, or is too large
   * @throws SagaConflictException if the key was used with another input
   * @throws SagaOverloadedException if there were {@code maxSagasInMemory} sagas in memory for all
   *     of {@code startPatience}; this call started nothing
   * @throws SagaStoreException if the store didn't answer, or the calling thread was interrupted
   *     while it waited; the saga may have been started
   * @throws io.sagaflow.store.JournalRefusedException if the store refuses this start for good,
   *     however often it is repeated, or a transaction that has started a saga with this key is
   *     still under way, as the message says; nothing was started
   * @throws CoordinatorClosedException if the coordinator is closed
   */
  <I> SagaHandle start(SagaDefinition<I> definition, String businessKey, I input);

  /**
   * Starts a saga, as {@link #start} does, for a caller that keeps no thread waiting meanwhile: one
   * thread has thousands of starts under way.
   *
   * <p>The calling thread may still write a batch itself, and waits for room as for {@code start}.
   * The stage completes on a thread of the coordinator or of the store, so what depends on it must
   * not block. There is no timeout: the stage completes when the store has answered, or when it is
   * closed.
   *
   * @param definition a definition registered with this coordinator
   * @param businessKey what the saga is about, as for {@code start}
   * @param input the saga's input
   * @param <I> the type of the saga's input
   * @return completes with the saga when its start is durable; fails with what {@code start} throws
   *     for a key used with another input, no room in memory, a store that gives no answer or
   *     refuses, or a coordinator closed meanwhile
   * @throws IllegalArgumentException if the definition isn't registered, or the key isn't of that
   *     form
   * @throws SagaDataException if the input can't be written and read back, or is too large
   * @throws CoordinatorClosedException if the coordinator is closed
   */
  <I> CompletionStage<SagaHandle> startAsync(
      SagaDefinition<I> definition, String businessKey, I input);

  /**
   * Starts a saga within the caller's transaction: it exists if and only if that is committed. It
   * then begins at once, here as a rule, within some tens of milliseconds.
   *
   * <p>Writes with the given connection, in one statement, and neither commits nor rolls back nor
   * changes anything of the connection. The connection has to lead to the store's database.
   *
   * <p>Idempotent as the other {@code start}, also within one transaction. While another
   * transaction that has started a saga with the same key is under way, this waits for its end, and
   * fails after 30 s. So keep such transactions short. A start of that key without a connection is
   * refused meanwhile.
   *
   * <p>Until the commit, the handle's {@code await} and {@code completion} wait, and its other
   * methods find no saga. After a rollback they find none for ever: {@code await} and {@code
   * completion} fail after a minute at the latest.
   *
   * @param connection the caller's; not in autocommit mode, and not read-only
   * @param definition a definition registered with this coordinator
   * @param businessKey what the saga is about, as for the other {@code start}
   * @param input the saga's input
   * @param <I> the type of the saga's input
   * @return the saga
   * @throws IllegalArgumentException if the definition isn't registered, the key isn't of that
   *     form, or the connection is in autocommit mode, read-only or closed; the transaction is
   *     unharmed
   * @throws SagaDataException if the input can't be written and read back, or is too large; the
   *     transaction is unharmed
   * @throws SagaConflictException if the key was used with another input; the transaction is
   *     unharmed
   * @throws SagaStoreException if the database didn't answer or refused; the transaction can only
   *     be rolled back, and perhaps repeated
   * @throws UnsupportedOperationException if the store isn't one that can join a transaction
   * @throws CoordinatorClosedException if the coordinator is closed
   */
  default <I> SagaHandle start(
      Connection connection, SagaDefinition<I> definition, String businessKey, I input) {
    return start(new LocalTransaction(connection), definition, businessKey, input);
  }

  /**
   * Starts a saga within the caller's transaction, as {@link #start(Connection, SagaDefinition,
   * String, Object)} does.
   *
   * @param transaction the caller's
   * @param definition a definition registered with this coordinator
   * @param businessKey what the saga is about
   * @param input the saga's input
   * @param <I> the type of the saga's input
   * @return the saga
   */
  <I> SagaHandle start(
      LocalTransaction transaction, SagaDefinition<I> definition, String businessKey, I input);

  /**
   * Lists which saga holds a semantic lock, and which ones wait for it.
   *
   * @param key what is locked
   * @return the claims in the order in which sagas asked; empty if it is free
   * @throws SagaStoreException if the store doesn't answer
   * @throws UnsupportedOperationException if the store keeps no locks
   */
  List<LockClaim> lockQueue(String key);

  /**
   * Lists which semantic locks a saga holds, and which it waits for.
   *
   * @param sagaId the saga; an outermost one, for locks are held for the whole family
   * @return the claims of its family, by key
   * @throws SagaStoreException if the store doesn't answer
   * @throws UnsupportedOperationException if the store keeps no locks
   */
  List<LockClaim> locksOf(SagaId sagaId);

  /**
   * Finds a saga by its id.
   *
   * @param sagaId the id
   * @return the saga, or empty if the store has none
   * @throws SagaStoreException if the store doesn't answer
   */
  Optional<SagaHandle> find(SagaId sagaId);

  /**
   * Finds a saga by what it is about.
   *
   * @param definition the definition's name
   * @param businessKey the key under which the saga was started
   * @return the saga, or empty if the store has none
   * @throws SagaStoreException if the store doesn't answer
   */
  Optional<SagaHandle> find(String definition, String businessKey);

  /**
   * Reads a saga's journal.
   *
   * @param sagaId the id
   * @return its records in order
   * @throws IllegalArgumentException if the store has no such saga
   * @throws SagaStoreException if the store doesn't answer
   * @throws io.sagaflow.store.CorruptJournalException if a record has a kind that isn't known here
   */
  List<SagaEvent> history(SagaId sagaId);

  /**
   * Lists sagas, a page at a time. Takes about as long whether the store has thousands of sagas or
   * millions, since one query looks at so many of them at most; see {@link SagaPage}.
   *
   * @param query which sagas, and which page of them
   * @return the page, with what to go on with
   * @throws IllegalArgumentException if the query goes on {@linkplain SagaQuery#after behind}
   *     something that isn't the end of a page of the same query
   * @throws SagaStoreException if the store doesn't answer
   */
  SagaPage sagas(SagaQuery query);

  /**
   * Counts the store's sagas by their status. Small numbers are exact. With the PostgreSQL store,
   * what is beyond 10,000 is an estimate by the planner's statistics, and says so.
   *
   * @return the counts
   * @throws SagaStoreException if the store doesn't answer
   */
  SagaCounts counts();

  /**
   * Compares the registered definitions with the sagas in flight. Done once at the start, too, with
   * a warning in the log for each entry.
   *
   * @return the definitions, by name and version, of sagas in flight that this coordinator can't
   *     run; empty if it can run all
   * @throws SagaStoreException if the store doesn't answer
   */
  List<UnrunnableSagas> unrunnable();

  /**
   * Deletes ended sagas now, with their journals and inboxes, until none is left that the policy
   * means. Their business keys are free from then on. {@link SagaCoordinatorBuilder#purge} does so
   * in the background.
   *
   * <p>Blocks until it is done, transaction by transaction; what was deleted stays deleted if it
   * fails. Closing the coordinator ends it early. Other nodes may do the same at the same time, and
   * what they delete isn't counted here.
   *
   * @param policy which sagas; how often doesn't matter here
   * @return how many sagas this call has deleted
   * @throws SagaStoreException if the store doesn't answer
   * @throws CoordinatorClosedException if the coordinator is closed
   */
  long purge(PurgePolicy policy);

  /**
   * Asks for a saga to be cancelled. When this returns, the wish is durable; the saga's owner takes
   * it up, interrupts a running action and compensates what may have taken effect. A saga whose
   * pivot may have begun, or that has turned or ended already, isn't changed: its journal, if still
   * open, says that the command was refused.
   *
   * @param sagaId the id
   * @param by who asks, for the journal; 1 to 200 characters
   * @param reason why, for the journal; 1 to 1,000 characters
   * @throws IllegalArgumentException if the store has no such saga, or a text isn't of that form
   * @throws SagaStoreException if the store doesn't answer; the wish may be durable all the same
   * @throws CoordinatorClosedException if the coordinator is closed
   */
  void cancel(SagaId sagaId, String by, String reason);

  /**
   * Sends a stuck saga on: the call on which it is stuck gets a fresh set of attempts. When this
   * returns, the wish is durable; a node takes it up at its next poll, and until then the saga is
   * still seen as stuck. A saga that isn't stuck isn't changed: its journal, if still open, says
   * that the command was refused.
   *
   * @param sagaId the id
   * @param by who asks, for the journal; 1 to 200 characters
   * @param reason why, for the journal; 1 to 1,000 characters
   * @throws IllegalArgumentException if the store has no such saga, or a text isn't of that form
   * @throws SagaStoreException if the store doesn't answer; the wish may be durable all the same
   * @throws CoordinatorClosedException if the coordinator is closed
   */
  void retry(SagaId sagaId, String by, String reason);

  /**
   * Sends a saga the value that a step of it waits for, or will wait for: see {@link
   * StepSequence#awaitSignal(StepKey)}. When this returns, the signal is durable. The saga may run
   * on any node, and be stuck or have turned back: then the signal is kept for the case that it
   * goes forward again.
   *
   * <p>Of each signal of a saga, the first one counts; what comes after it is refused in the
   * journal. A caller that didn't get an answer and repeats the call should say which signal it
   * means, see {@link #signal(SagaId, StepKey, Object, String)}.
   *
   * @param sagaId the saga
   * @param key the signal
   * @param value its value
   * @param <T> the type of its value
   * @throws IllegalArgumentException if the store has no such saga, or its definition is registered
   *     here and waits for no such signal of that type
   * @throws SagaDataException if the value can't be written and read back, or is too large
   * @throws SagaEndedException if the saga has ended
   * @throws SagaStoreException if the store doesn't answer; the signal may be durable all the same
   * @throws CoordinatorClosedException if the coordinator is closed
   */
  <T> void signal(SagaId sagaId, StepKey<T> key, T value);

  /**
   * Sends a saga a signal that is known again if it is repeated: a repetition does nothing, also
   * after the saga has ended.
   *
   * @param sagaId the saga
   * @param key the signal
   * @param value its value
   * @param signalId says which signal it is, such as the id of the message that brought it; 1 to
   *     200 characters, not blank, no control characters
   * @param <T> the type of its value
   * @throws IllegalArgumentException as {@link #signal(SagaId, StepKey, Object)}, or if the id
   *     isn't of that form
   * @throws SagaDataException if the value can't be written and read back, or is too large
   * @throws SagaEndedException if the saga has ended without that signal
   * @throws SagaStoreException if the store doesn't answer; the signal may be durable all the same
   * @throws CoordinatorClosedException if the coordinator is closed
   */
  <T> void signal(SagaId sagaId, StepKey<T> key, T value, String signalId);

  /**
   * Sends a signal to the saga of a business key, as {@link #signal(SagaId, StepKey, Object)} does.
   *
   * @param definition the definition's name
   * @param businessKey the key under which the saga was started
   * @param key the signal
   * @param value its value
   * @param <T> the type of its value
   * @throws IllegalArgumentException if the store has no such saga, or its definition is registered
   *     here and waits for no such signal of that type
   * @throws SagaDataException if the value can't be written and read back, or is too large
   * @throws SagaEndedException if the saga has ended
   * @throws SagaStoreException if the store doesn't answer; the signal may be durable all the same
   * @throws CoordinatorClosedException if the coordinator is closed
   */
  <T> void signal(String definition, String businessKey, StepKey<T> key, T value);

  /**
   * Sends a signal that is known again if it is repeated to the saga of a business key, as {@link
   * #signal(SagaId, StepKey, Object, String)} does.
   *
   * @param definition the definition's name
   * @param businessKey the key under which the saga was started
   * @param key the signal
   * @param value its value
   * @param signalId says which signal it is; 1 to 200 characters, not blank, no control characters
   * @param <T> the type of its value
   * @throws IllegalArgumentException if the store has no such saga, its definition is registered
   *     here and waits for no such signal of that type, or the id isn't of that form
   * @throws SagaDataException if the value can't be written and read back, or is too large
   * @throws SagaEndedException if the saga has ended without that signal
   * @throws SagaStoreException if the store doesn't answer; the signal may be durable all the same
   * @throws CoordinatorClosedException if the coordinator is closed
   */
  <T> void signal(String definition, String businessKey, StepKey<T> key, T value, String signalId);

  /**
   * Returns the verbs of an operator, who repairs sagas that can't go on by themselves.
   *
   * @param by who operates, for the journal; 1 to 200 characters
   * @param reason why, for the journal; 1 to 1,000 characters
   * @return the verbs, each to be used as often as it takes
   * @throws IllegalArgumentException if a text isn't of that form
   */
  SagaOperator operator(String by, String reason);

  /**
   * Stops. Starts nothing any more, gives running actions the drain timeout (10 s by default) to
   * end, interrupts those that don't, hands all sagas over at once to whichever node claims them,
   * and closes the store.
   *
   * <p>Blocks at most for the drain timeout, 1 s for calls to heed their interrupt, the time that
   * the store takes to be given the sagas back, and with the PostgreSQL store up to 35 s for a
   * write under way. A second call does nothing. One that comes while another closes the
   * coordinator, or while it stops itself, returns at once and doesn't wait for that to end.
   */
  @Override
  void close();
}
