package io.sagaflow.testkit.simulation;

import io.sagaflow.Pause;

/** What a generated step does. */
sealed interface Work {

  /** It calls its participant. */
  record Call() implements Work {}

  /** It waits, for time to pass or for a signal. */
  record Wait(Pause pause) implements Work {

    boolean isSignal() {
      return pause.kind() == Pause.Kind.SIGNAL;
    }
  }
}
