package io.sagaflow.store;

import io.sagaflow.RecordKind;
import java.time.Instant;
import java.util.Optional;

/**
 * What a journal record says. Facts are immutable values; {@link RecordKind} says what each means.
 */
public sealed interface Fact {

  /**
   * Returns the kind, one for each type of fact.
   *
   * @return the kind
   */
  RecordKind kind();

  /**
   * See {@link RecordKind#SAGA_STARTED}.
   *
   * @param fingerprint identifies the names, kinds and order of the definition's steps
   * @param input the saga's input
   * @param deadline when the saga turns back unless its pivot may have begun; empty for never
   * @param lineage where a child saga comes from; empty for a saga that isn't one
   */
  record SagaStarted(
      String fingerprint, Payload input, Optional<Instant> deadline, Optional<Lineage> lineage)
      implements Fact {

    /**
     * Starts a saga that is no child.
     *
     * @param fingerprint identifies the names, kinds and order of the definition's steps
     * @param input the saga's input
     * @param deadline when the saga turns back unless its pivot may have begun; empty for never
     */
    public SagaStarted(String fingerprint, Payload input, Optional<Instant> deadline) {
      this(fingerprint, input, deadline, Optional.empty());
    }

    @Override
    public RecordKind kind() {
      return RecordKind.SAGA_STARTED;
    }
  }

  /**
   * See {@link RecordKind#SAGA_RESUMED}.
   *
   * @param node the name of the node that took the saga over
   */
  record SagaResumed(String node) implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.SAGA_RESUMED;
    }
  }

  /**
   * See {@link RecordKind#STEP_STARTED}.
   *
   * @param step the step's name
   */
  record StepStarted(String step) implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.STEP_STARTED;
    }
  }

  /**
   * See {@link RecordKind#STEP_SKIPPED}.
   *
   * @param step the step's name
   */
  record StepSkipped(String step) implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.STEP_SKIPPED;
    }
  }

  /**
   * See {@link RecordKind#STEP_COMPLETED}.
   *
   * @param step the step's name
   * @param attempt the attempt that succeeded
   * @param result the step's result, or empty
   */
  record StepCompleted(String step, int attempt, Optional<Payload> result) implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.STEP_COMPLETED;
    }
  }

  /**
   * See {@link RecordKind#ACTION_FAILED}.
   *
   * @param step the step's name
   * @param attempt the attempt that failed
   * @param error why, cut to the journal's limit
   * @param retryAt when the next attempt is due
   */
  record ActionFailed(String step, int attempt, String error, Instant retryAt) implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.ACTION_FAILED;
    }
  }

  /**
   * See {@link RecordKind#STEP_REJECTED}.
   *
   * @param step the step's name
   * @param attempt the attempt that was rejected
   * @param error why, cut to the journal's limit
   */
  record StepRejected(String step, int attempt, String error) implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.STEP_REJECTED;
    }
  }

  /**
   * See {@link RecordKind#STEP_UNKNOWN}.
   *
   * @param step the step's name
   * @param attempt the last attempt
   * @param error why, cut to the journal's limit
   */
  record StepUnknown(String step, int attempt, String error) implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.STEP_UNKNOWN;
    }
  }

  /**
   * See {@link RecordKind#PROBE_FAILED}.
   *
   * @param step the step's name
   * @param attempt the attempt to ask that failed
   * @param error why, cut to the journal's limit
   * @param retryAt when the next is due
   */
  record ProbeFailed(String step, int attempt, String error, Instant retryAt) implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.PROBE_FAILED;
    }
  }

  /**
   * See {@link RecordKind#SAGA_TURNED_BACK}.
   *
   * @param cause what kind of event turned the saga
   * @param by who asked, for a saga that was cancelled or aborted
   * @param reason a sentence for people
   */
  record SagaTurnedBack(TurnCause cause, Optional<String> by, String reason) implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.SAGA_TURNED_BACK;
    }
  }

  /**
   * See {@link RecordKind#STEP_COMPENSATED}.
   *
   * @param step the step's name
   * @param attempt the attempt that succeeded
   */
  record StepCompensated(String step, int attempt) implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.STEP_COMPENSATED;
    }
  }

  /**
   * See {@link RecordKind#COMPENSATION_FAILED}.
   *
   * @param step the step's name
   * @param attempt the attempt that failed
   * @param error why, cut to the journal's limit
   * @param retryAt when the next attempt is due
   */
  record CompensationFailed(String step, int attempt, String error, Instant retryAt)
      implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.COMPENSATION_FAILED;
    }
  }

  /** See {@link RecordKind#SAGA_COMPLETED}. */
  record SagaCompleted() implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.SAGA_COMPLETED;
    }
  }

  /** See {@link RecordKind#SAGA_COMPENSATED}. */
  record SagaCompensated() implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.SAGA_COMPENSATED;
    }
  }

  /**
   * See {@link RecordKind#SAGA_STUCK}.
   *
   * @param cause what kind of trouble it is
   * @param step the step on which the saga is stuck, if it is one
   * @param reason what happened and what to do, for people
   */
  record SagaStuck(StuckCause cause, Optional<String> step, String reason) implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.SAGA_STUCK;
    }
  }

  /**
   * See {@link RecordKind#SAGA_RETRIED}.
   *
   * @param by who asked
   * @param reason why
   */
  record SagaRetried(String by, String reason) implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.SAGA_RETRIED;
    }
  }

  /**
   * See {@link RecordKind#SIGNAL_RECEIVED}.
   *
   * @param step the name of the step that waits for it, or will
   * @param signalId by what it is known again if it is repeated
   * @param by which node took it
   * @param value what it brought
   */
  record SignalReceived(String step, String signalId, String by, Payload value) implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.SIGNAL_RECEIVED;
    }
  }

  /**
   * See {@link RecordKind#STEP_MARKED_DONE}.
   *
   * @param step the step's name
   * @param by who said so
   * @param reason how they know
   * @param result the step's result, or empty
   */
  record StepMarkedDone(String step, String by, String reason, Optional<Payload> result)
      implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.STEP_MARKED_DONE;
    }
  }

  /**
   * See {@link RecordKind#STEP_MARKED_NOT_DONE}.
   *
   * @param step the step's name
   * @param by who said so
   * @param reason how they know
   */
  record StepMarkedNotDone(String step, String by, String reason) implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.STEP_MARKED_NOT_DONE;
    }
  }

  /**
   * See {@link RecordKind#COMPENSATION_SKIPPED}.
   *
   * @param step the step's name
   * @param by who decided it
   * @param reason why
   */
  record CompensationSkipped(String step, String by, String reason) implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.COMPENSATION_SKIPPED;
    }
  }

  /**
   * See {@link RecordKind#SAGA_FORCED_FORWARD}.
   *
   * @param by who decided it
   * @param reason why
   */
  record SagaForcedForward(String by, String reason) implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.SAGA_FORCED_FORWARD;
    }
  }

  /**
   * See {@link RecordKind#COMMAND_REFUSED}.
   *
   * @param command what was asked
   * @param by who asked
   * @param reason why it was refused
   */
  record CommandRefused(CommandKind command, String by, String reason) implements Fact {
    @Override
    public RecordKind kind() {
      return RecordKind.COMMAND_REFUSED;
    }
  }
}
