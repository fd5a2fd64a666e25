package io.sagaflow.testkit.simulation;

import io.sagaflow.StepKind;
import io.sagaflow.store.StoredRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one step of one saga: from the journal as it is committed, from the calls that
 * began, and from the participant, whose own row it holds, too.
 */
final class StepBook {

  /** What the journal says. */
  enum Journaled {
    NOTHING,
    STARTED,
    SKIPPED,
    COMPLETED,
    REJECTED,
    UNKNOWN,
    COMPENSATED
  }

  final StepPlan plan;

  Journaled journaled = Journaled.NOTHING;
  @Nullable Integer result;

  /** Failure records, and the calls that failed: none is journaled that didn't happen. */
  int failureRecords;

  int failedActions;
  int compensationFailureRecords;

  /** Failures that the journal holds since the saga turned or was sent on. */
  int failuresInARow;

  @Nullable Instant firstFailureAt;
  @Nullable Instant retryAt;
  int failedCompensations;

  /** Whether nobody asks any more what came of an unknown outcome. */
  boolean givenUp;

  /** How often it was asked what came of its action, how often that failed, and is journaled. */
  int probes;

  int failedProbes;
  int probeFailureRecords;

  /** What its participant has said of it. */
  boolean saidDone;

  boolean saidNotDone;

  /** How many of its actions have returned to their caller. */
  int succeededActions;

  /** How many answers its saga had got when the latest call began. */
  int answersAt;

  /** How often its condition was asked. */
  int asked;

  int actionCalls;
  int compensationCalls;

  /** How many of the calls ended in a definite rejection. */
  int rejectedActions;

  @Nullable String actionKey;
  @Nullable String compensationKey;

  /** The latest attempt begun, and under which ownership, for each direction. */
  int actionAttempt;

  int actionEpoch = -1;
  int compensationAttempt;
  int compensationEpoch = -1;

  /** The participant's barrier: an action row, by whom it was written, a compensation row. */
  boolean actionRow;

  boolean writtenByAction;
  boolean compensationRow;
  @Nullable Integer stored;

  /** Of a step that waits: when the journal made it its turn. */
  @Nullable Instant turnAt;

  /** Of a step that waits for one: what is known of its signal. */
  final SignalBook signal = new SignalBook();

  /** Whether an operator has said what came of it, so that its effect is theirs to answer for. */
  boolean told;

  /** Of a step that runs another saga: that saga, once it exists. */
  @Nullable SagaBook child;

  /** The net effect. */
  int net;

  StepBook(StepPlan plan) {
    this.plan = plan;
  }

  /** Whether the saga goes forward without anything more of it. */
  boolean isDone() {
    return journaled == Journaled.COMPLETED || journaled == Journaled.SKIPPED;
  }

  /** An operator says what came of it. */
  void told(Journaled what) {
    journaled = what;
    told = true;
    rested();
  }

  /** A failure is journaled, and the time of the next attempt. */
  void failed(StoredRecord row) {
    failuresInARow++;
    firstFailureAt = firstFailureOr(row.at());
    retryAt = row.due();
  }

  /** It begins anew: attempts are those of a direction, or of an operator's retry. */
  void rested() {
    failuresInARow = 0;
    firstFailureAt = null;
    retryAt = null;
  }

  Instant firstFailureOr(Instant now) {
    return firstFailureAt == null ? now : firstFailureAt;
  }

  /** Whether a status query is to settle its unknown outcome. */
  boolean isBeingProbed() {
    return plan.isProbed() && journaled == Journaled.UNKNOWN && !givenUp;
  }

  /** Whether the journal says that it has failed for good. */
  boolean hasFailed() {
    return journaled == Journaled.REJECTED || (journaled == Journaled.UNKNOWN && !isBeingProbed());
  }

  /** Whether a call began that wasn't definitely rejected, and may have taken effect. */
  boolean mayHaveEffect() {
    return plan.isTransactional() ? net > 0 : actionCalls > rejectedActions && !saidNotDone;
  }

  /** Whether there is anything to undo in principle. */
  boolean hasEffects() {
    return plan.isCall() && (plan.kind() != StepKind.COMPENSATABLE || plan.compensated());
  }

  /** Whether the participant copes with the repeated calls that this run may bring. */
  boolean isCounted() {
    return plan.discipline() != Discipline.BARE && hasEffects() && !told;
  }
}
