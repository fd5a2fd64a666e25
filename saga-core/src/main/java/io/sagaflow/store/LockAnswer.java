package io.sagaflow.store;

import static java.util.Objects.requireNonNull;

import io.sagaflow.SagaId;
import java.util.Set;

/** What came of asking for locks. */
public sealed interface LockAnswer {

  /** All are held. */
  record Granted() implements LockAnswer {}

  /**
   * None was taken; the saga has its place in the queue of each.
   *
   * @param behind the sagas that hold one of them, or asked for it before
   */
  record Waiting(Set<SagaId> behind) implements LockAnswer {
    /** Copies the set. */
    public Waiting {
      behind = Set.copyOf(behind);
    }
  }

  /**
   * None was taken, and no place is kept: those that are waited for wait for this saga in turn.
   *
   * @param with the sagas that hold one of them, or asked for it before
   */
  record Deadlock(Set<SagaId> with) implements LockAnswer {
    /** Refuses null. */
    public Deadlock {
      requireNonNull(with, "with");
      with = Set.copyOf(with);
    }
  }
}
