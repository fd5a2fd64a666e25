package io.sagaflow;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What a participant says of an action whose outcome is unknown. Immutable.
 *
 * @param <R> the step's result
 */
public final class Probe<R> {

  /** The three answers. */
  public enum Answer {
    /** The action took effect. */
    DONE,
    /** The action had no effect, and no call of it that is still under way will have one. */
    NOT_DONE,
    /** The participant can't say yet. */
    STILL_UNKNOWN
  }

  private final Answer answer;
  private final @Nullable R result;

  private Probe(Answer answer, @Nullable R result) {
    this.answer = requireNonNull(answer, "answer");
    this.result = result;
  }

  /**
   * The action took effect: the step is completed.
   *
   * @param result what the action would have returned; null for none
   * @param <R> the step's result
   * @return the answer
   */
  public static <R> Probe<R> done(@Nullable R result) {
    return new Probe<>(Answer.DONE, result);
  }

  /**
   * The action took effect, and has no result: the step is completed.
   *
   * @param <R> the step's result
   * @return the answer
   */
  public static <R> Probe<R> done() {
    return new Probe<>(Answer.DONE, null);
  }

  /**
   * The action had no effect, and never will: a participant that says so has to refuse a call that
   * is still under way, as the participant barrier does. Up to the pivot, the step is rejected;
   * behind it, the action is tried again.
   *
   * @param <R> the step's result
   * @return the answer
   */
  public static <R> Probe<R> notDone() {
    return new Probe<>(Answer.NOT_DONE, null);
  }

  /**
   * The participant can't say yet: it is asked again.
   *
   * @param <R> the step's result
   * @return the answer
   */
  public static <R> Probe<R> stillUnknown() {
    return new Probe<>(Answer.STILL_UNKNOWN, null);
  }

  /**
   * Returns the answer.
   *
   * @return which of the three
   */
  public Answer answer() {
    return answer;
  }

  /**
   * Returns the action's result.
   *
   * @return the result of an action that took effect; null for none, and for the other answers
   */
  public @Nullable R result() {
    return result;
  }

  @Override
  public String toString() {
    return answer.toString();
  }
}
