package io.sagaflow.testkit.simulation;

/**
 * What can go wrong, and how often it does at each occasion. A run enables about half of the kinds,
 * or only one to three of them (swarm testing: Groce et al., ISSTA 2012), since faults hide one
 * another.
 */
enum FaultKind {
  CRASH_BEFORE_BATCH(0.004),
  CRASH_AFTER_BATCH(0.004),
  CRASH_BEFORE_ACTION(0.01),
  CRASH_IN_ACTION(0.01),
  CRASH_BEFORE_COMPENSATION(0.02),
  CRASH_IN_COMPENSATION(0.02),
  CRASH_BEFORE_CLAIM(0.02),
  CRASH_AFTER_CLAIM(0.02),
  CRASH_AT_HEARTBEAT(0.02),
  CRASH_AT_ANY_TIME(0.5),
  CRASH_FOR_GOOD(0.2),
  PAUSE(0.5),
  CLOSE(0.3),
  CLOCK_JUMP(0.3),
  OUTAGE(0.3),
  BATCH_NOT_SENT(0.01),
  BATCH_ABORTED(0.01),
  BATCH_ANSWER_LOST(0.02),
  BATCH_IN_DOUBT(0.02),
  BATCH_ABORTED_LATER(0.01),
  PAUSE_IN_DOUBT(0.7),
  SLOW_DATABASE(0.1),
  EXCHANGE_NOT_SENT(0.02),
  EXCHANGE_ABORTED(0.02),
  EXCHANGE_ANSWER_LOST(0.02),
  EXCHANGE_IN_DOUBT(0.02),
  REQUEST_LOST(0.03),
  ANSWER_LOST(0.03),
  DUPLICATED_REQUEST(0.05),
  LATE_REQUEST(0.04),
  REJECTION(0.05),
  PIVOT_REJECTION(0.1),
  REJECTION_AFTER_PIVOT(0.02),
  ACTION_FAILURE(0.08),
  ACTION_ABORT(0.02),
  COMPENSATION_FAILURE(0.15),
  SLOW_ACTION(0.06),
  SLOW_COMPENSATION(0.06),
  SUCCESS_AT_THE_DEADLINE(0.07),
  SUCCESS_AT_THE_TIMEOUT(0.06),
  PROBE_FAILURE(0.15),
  PROBE_CANNOT_SAY(0.15),
  CRASH_IN_PROBE(0.02),
  LEAKING_CALL(0.03),
  HANGING_CALL(0.002),
  UNWRITABLE_RESULT(0.02),
  INTERRUPT_LIKE_A_REJECTION(0.5),
  DEADLINE(0.6),
  CANCEL(0.1),
  RETRY_COMMAND(0.1),
  ABORT_COMMAND(0.1),
  OPERATOR_VERB(0.3),
  SECOND_START(0.2),
  START_WITH_ANOTHER_INPUT(0.1),
  MISSING_DEFINITION(0.5),
  LETHAL_INPUT(0.03),
  LETHAL_STEP(0.01);

  private final double chance;

  FaultKind(double chance) {
    this.chance = chance;
  }

  /** How likely it is at one occasion, in a run of ordinary intensity. */
  double chance() {
    return chance;
  }
}
