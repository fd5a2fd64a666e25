package io.sagaflow.testkit.simulation;

import io.sagaflow.Pause;
import io.sagaflow.RetryPolicy;
import java.util.Optional;

/** What a generated step does. */
sealed interface Work {

  /** It calls its participant, which may be asked what came of that. */
  record Call(Optional<RetryPolicy> probeRetry, Manner manner) implements Work {

    boolean isProbed() {
      return probeRetry.isPresent();
    }
  }

  /** It writes in a transaction of the journal's database, which its compensation may do, too. */
  record Transactional(boolean undoneInTransaction) implements Work {}

  /** It runs another saga, with the result of one of that saga's steps, or without one. */
  record Child(Blueprint blueprint, Optional<StepPlan> resultOf) implements Work {}

  /** It waits, for time to pass or for a signal. */
  record Wait(Pause pause) implements Work {

    boolean isSignal() {
      return pause.kind() == Pause.Kind.SIGNAL;
    }
  }
}
