package io.sagaflow.chaos.audit;

import static io.sagaflow.chaos.audit.EffectRow.Kind.DONE;
import static io.sagaflow.chaos.audit.EffectRow.Kind.NOTHING_TO_UNDO;
import static io.sagaflow.chaos.audit.EffectRow.Kind.UNDONE;

import io.sagaflow.chaos.audit.Promise.Ending;
import java.util.function.UnaryOperator;

/** Histories that can't come about, each with the one invariant that it breaks. */
@SuppressWarnings("ImmutableEnumChecker") // the functions keep nothing
enum Forgery {
  AN_ACKNOWLEDGED_SAGA_IS_GONE(
      Invariant.NONE_IS_LOST, it -> it.without().promised(true, Ending.ENDS)),
  AN_EFFECT_OF_NO_SAGA(Invariant.NONE_IS_LOST, it -> it.without().effect("a", DONE)),
  IT_NEVER_ENDS(
      Invariant.EVERY_SAGA_ENDS,
      it -> it.status("RUNNING").records("SAGA_STARTED", "STEP_COMPLETED a").effect("a", DONE)),
  IT_IS_STUCK_WITHOUT_POISON(
      Invariant.EVERY_SAGA_ENDS, it -> it.status("STUCK").records("SAGA_STARTED", "SAGA_STUCK")),
  IT_ENDS_ALTHOUGH_ITS_ACTION_NEVER_RETURNED(
      Invariant.POISON_IS_SEEN, it -> it.completed().promised(true, Ending.IS_STUCK)),
  IT_ENDS_TWICE(Invariant.ENDS_ONCE, it -> it.completed().records("SAGA_COMPENSATED")),
  IT_IS_TAKEN_OVER_AFTER_ITS_END(Invariant.ENDS_ONCE, it -> it.completed().records("SAGA_RESUMED")),
  AN_EFFECT_IS_MISSING(
      Invariant.COMPLETED_IS_DONE_ONCE, it -> it.completed().withoutEffectsOf("b")),
  AN_EFFECT_IS_THERE_TWICE(
      Invariant.COMPLETED_IS_DONE_ONCE, it -> it.completed().effect("b", DONE)),
  AN_EFFECT_WAS_UNDONE(Invariant.COMPLETED_IS_DONE_ONCE, it -> it.completed().effect("b", UNDONE)),
  AN_EFFECT_IS_LEFT(Invariant.COMPENSATED_IS_UNDONE, it -> it.compensated().effect("c", DONE)),
  AN_EFFECT_WAS_UNDONE_TWICE(
      Invariant.COMPENSATED_IS_UNDONE, it -> it.compensated().effect("a", UNDONE)),
  AN_ACTION_COMES_AFTER_ITS_COMPENSATION(
      Invariant.NO_EFFECT_AFTER_COMPENSATION, it -> it.compensated().effect("a", DONE)),
  AN_ACTION_COMES_AFTER_AN_EMPTY_COMPENSATION(
      Invariant.NO_EFFECT_AFTER_COMPENSATION,
      it -> it.compensated().withoutEffectsOf("a").effect("a", NOTHING_TO_UNDO).effect("a", DONE)),
  AN_ACTION_BEGINS_AFTER_THE_TURN(
      Invariant.NO_ACTION_AFTER_THE_TURN, it -> it.compensated().call("c", true, "c-key")),
  COMPENSATIONS_ARE_JOURNALED_FORWARD(
      Invariant.COMPENSATED_IN_REVERSE,
      it ->
          it.status("COMPENSATED")
              .records("SAGA_STARTED", "STEP_COMPLETED a", "STEP_COMPLETED b", "SAGA_TURNED_BACK")
              .records("STEP_COMPENSATED a", "STEP_COMPENSATED b", "SAGA_COMPENSATED")),
  EFFECTS_ARE_UNDONE_FORWARD(
      Invariant.COMPENSATED_IN_REVERSE,
      it ->
          it.compensated()
              .withoutEffectsOf("a")
              .withoutEffectsOf("b")
              .effect("a", NOTHING_TO_UNDO)
              .effect("b", NOTHING_TO_UNDO)),
  A_RECORD_IS_MISSING(Invariant.NO_GAPS, it -> it.completed().withoutRecord(3)),
  A_STEP_COMPLETES_AFTER_THE_TURN(
      Invariant.LEGAL_RECORDS,
      it ->
          it.status("COMPENSATED")
              .records("SAGA_STARTED", "SAGA_TURNED_BACK", "STEP_COMPLETED a", "SAGA_COMPENSATED")),
  A_STEP_COMPLETES_TWICE(
      Invariant.LEGAL_RECORDS,
      it ->
          it.status("STUCK")
              .promised(true, Ending.MAY_BE_STUCK)
              .records("SAGA_STARTED", "STEP_COMPLETED a", "STEP_COMPLETED a", "SAGA_STUCK")),
  THE_ROW_SAYS_SOMETHING_ELSE(
      Invariant.REPLAY_GIVES_THE_STATUS,
      it -> it.status("COMPENSATED").records("SAGA_STARTED", "SAGA_TURNED_BACK")),
  A_WRITER_HAS_NO_LEASE(Invariant.ONLY_WITH_A_LEASE, it -> it.completed().unleased(2)),
  AN_ACTION_IS_CALLED_TWICE(
      Invariant.AT_MOST_ONCE,
      it -> it.completed().call("c", true, "c-key").call("c", true, "c-key")),
  AN_ATTEMPT_HAS_A_KEY_OF_ITS_OWN(
      Invariant.ONE_KEY,
      it -> it.completed().call("a", true, "a-key").call("a", true, "another-key"));

  /** Three steps in sequence. */
  static final Plan PLAN = Plan.of("forged", 1, "a", "b", "c!");

  private final Invariant breaks;
  private final UnaryOperator<ForgedHistory> forge;

  Forgery(Invariant breaks, UnaryOperator<ForgedHistory> forge) {
    this.breaks = breaks;
    this.forge = forge;
  }

  Invariant breaks() {
    return breaks;
  }

  History history() {
    return forge.apply(new ForgedHistory()).build();
  }

  /** Histories with nothing wrong in them. */
  @SuppressWarnings("ImmutableEnumChecker") // the functions keep nothing
  enum Clean {
    COMPLETED(ForgedHistory::completed),
    COMPENSATED(ForgedHistory::compensated),
    STUCK_BY_POISON(
        it ->
            it.status("STUCK")
                .promised(true, Ending.MAY_BE_STUCK)
                .records("SAGA_STARTED", "SAGA_RESUMED", "SAGA_STUCK")),
    SENT_ON_AFTER_IT_WAS_STUCK(
        it ->
            it.status("COMPENSATED")
                .records("SAGA_STARTED", "SAGA_STUCK", "SAGA_RETRIED", "SAGA_TURNED_BACK")
                .records("SAGA_COMPENSATED")),
    SKIPPED(
        it ->
            it.status("COMPLETED")
                .records("SAGA_STARTED", "STEP_SKIPPED a", "STEP_SKIPPED b", "STEP_SKIPPED c")
                .records("SAGA_COMPLETED")),
    NEVER_ACKNOWLEDGED(it -> it.without());

    private final UnaryOperator<ForgedHistory> forge;

    Clean(UnaryOperator<ForgedHistory> forge) {
      this.forge = forge;
    }

    History history() {
      return forge.apply(new ForgedHistory()).build();
    }
  }
}
