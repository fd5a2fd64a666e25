package io.sagaflow;

import java.util.Optional;

/**
 * What an action or a compensation gets to see. Thread-safe.
 *
 * @param <I> the saga's input
 */
public sealed interface StepContext<I> permits ActionContext, CompensationContext {

  /**
   * Returns the saga's id.
   *
   * @return the id
   */
  SagaId sagaId();

  /**
   * Returns the key under which the saga was started, unique within its definition.
   *
   * @return the business key
   */
  String businessKey();

  /**
   * Returns the name of this step.
   *
   * @return the name
   */
  String step();

  /**
   * Returns which attempt this is, counted from 1. After a crash the count goes on from what the
   * journal knows, so a number may come twice.
   *
   * @return the attempt
   */
  int attempt();

  /**
   * Returns the saga's input, read from the journal.
   *
   * @return the input
   */
  I input();

  /**
   * Returns a key that is the same for every attempt of this call, on every node, and different for
   * every other call of every saga. At most 160 ASCII characters.
   *
   * @return the key
   */
  String idempotencyKey();

  /**
   * Registers what stops this attempt when it is given up: it has timed out, or its saga is being
   * cancelled, or its node has lost it. A thread that runs the attempt is interrupted in any case;
   * this is for what needs more: an asynchronous call, which has no thread, or one that doesn't
   * listen to interrupts, such as a JDBC statement. It runs once, on another thread, at once if the
   * attempt has been given up already, and isn't begun after the attempt has ended. What it throws
   * is ignored.
   *
   * <p>The attempt goes on until its action returns, or its stage completes. Until then nothing
   * else of its step begins, and after {@code interruptGrace} the saga is stuck.
   *
   * @param stop makes the attempt end soon
   */
  void onInterrupt(Runnable stop);

  /**
   * Returns the result of an earlier step.
   *
   * @param key the earlier step
   * @param <R> the type of its result
   * @return the result
   * @throws IllegalStateException if that step has not completed, or had no result
   * @throws IllegalArgumentException if the definition has no such step of that type
   */
  default <R> R result(StepKey<R> key) {
    return findResult(key)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Step " + key.name() + " has no result in saga " + sagaId() + "."));
  }

  /**
   * Returns the result of a step, if it has completed with one.
   *
   * @param key the step
   * @param <R> the type of its result
   * @return the result, or empty
   * @throws IllegalArgumentException if the definition has no such step of that type
   */
  <R> Optional<R> findResult(StepKey<R> key);
}
