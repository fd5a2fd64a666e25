package io.sagaflow.engine;

import io.sagaflow.LocalTransaction;
import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import io.sagaflow.store.LockAnswer;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.StoredRecord;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** What a saga's actor needs of the node that owns it. */
interface Owner {

  Environment environment();

  EngineOptions options();

  /** The time as records have it, in microseconds. */
  Instant now();

  /** What calls have to pass before they begin. */
  Gates gates();

  /** Asks for locks for a saga, held for the outermost one of its family. */
  LockAnswer acquire(SagaId saga, SagaId root, Set<String> keys);

  /** Called when a saga may wait for locks that it doesn't need any more; returns at once. */
  void locksNotNeeded(SagaId saga);

  /** Called when a saga that may have held locks has ended, durably. */
  void locksReleased();

  /** Runs child sagas. */
  Children children();

  /** Called when a saga's child has ended, durably. */
  void childEnded(SagaId parent);

  /** Whether the lease allows calls to begin now; any thread may ask. */
  boolean mayDispatch();

  /**
   * Notes that a call of a saga begins, unless the lease is in doubt or the coordinator stops.
   *
   * @return whether it may begin
   */
  boolean tryStartCall(SagaActor<?> actor);

  CompletionStage<Void> append(SagaAppend append);

  /** Appends within a transaction; throws what that has to be rolled back for. */
  void append(LocalTransaction transaction, SagaAppend append);

  /** For sagas with transactional steps, which aren't registered where there are none. */
  Transactions transactions();

  /** Whether the node's sagas are others' now. */
  boolean isLost();

  /** Called when a call's outcome is durable, or is somebody else's to find out. */
  void callSettled(SagaActor<?> actor);

  /** Called when a call has ended and its outcome stays open. */
  void callAbandoned(SagaActor<?> actor);

  /** Called with records that have become durable. */
  void appended(SagaId sagaId, List<StoredRecord> records);

  /** Called when a saga has ended or is stuck, durably. */
  void settled(SagaOutcome outcome);

  /** Called when the actor is done with the saga: settled, parked, or lost. */
  void gone(SagaActor<?> actor);

  /** Called when a call that had been given up as leaked has ended after all. */
  void leakEnded(SagaId sagaId, String step);
}
