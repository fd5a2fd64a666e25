package io.sagaflow.testkit;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.function.ThrowingConsumer;

/**
 * Checks that a participant bears what sagas do to it: a repeated action, a repeated compensation,
 * and a compensation without an action; with {@link #barrier} also an action that comes after its
 * compensation. It needs no coordinator, and is meant for real participants as well as for fakes.
 *
 * <pre>{@code
 * IdempotencyCheck.of("payment")
 *     .action(key -> payments.charge(key, order))
 *     .compensation(key -> payments.refund(key, order))
 *     .state(() -> payments.balance())
 *     .barrier()
 *     .check();
 * }</pre>
 *
 * <p>Each part of the check uses a fresh key, so nothing has to be reset in between. Mutable, for
 * one thread.
 */
public final class IdempotencyCheck {

  private final String name;
  private @Nullable ThrowingConsumer<String> action;
  private @Nullable ThrowingConsumer<String> compensation;
  private @Nullable Callable<?> state;
  private Supplier<String> keys = () -> UUID.randomUUID().toString();
  private boolean barrier;

  private IdempotencyCheck(String name) {
    this.name = requireNonNull(name, "name");
  }

  /**
   * Begins.
   *
   * @param name what is checked, for the message
   * @return a check, to be told the action, the compensation and the state
   */
  public static IdempotencyCheck of(String name) {
    return new IdempotencyCheck(name);
  }

  /**
   * Sets the action.
   *
   * @param action takes the action's key
   * @return this check
   */
  public IdempotencyCheck action(ThrowingConsumer<String> action) {
    this.action = requireNonNull(action, "action");
    return this;
  }

  /**
   * Sets the compensation.
   *
   * @param compensation takes the key of the action that it undoes
   * @return this check
   */
  public IdempotencyCheck compensation(ThrowingConsumer<String> compensation) {
    this.compensation = requireNonNull(compensation, "compensation");
    return this;
  }

  /**
   * Sets how the participant's state is seen.
   *
   * @param state returns a value that has {@code equals}, and stays as it was returned: a number, a
   *     record, a copied list
   * @return this check
   */
  public IdempotencyCheck state(Callable<?> state) {
    this.state = requireNonNull(state, "state");
    return this;
  }

  /**
   * Sets how keys are made; by default they are random.
   *
   * @param keys makes keys that the participant hasn't seen
   * @return this check
   */
  public IdempotencyCheck keys(Supplier<String> keys) {
    this.keys = requireNonNull(keys, "keys");
    return this;
  }

  /**
   * Also checks that an action has no effect once its key was compensated, whether or not there was
   * something to undo. Whether it then succeeds or fails is up to the participant. A participant
   * that is merely tolerant doesn't have this; then a request that was delayed beyond its
   * compensation leaves an effect that nobody undoes.
   *
   * @return this check
   */
  public IdempotencyCheck barrier() {
    barrier = true;
    return this;
  }

  /**
   * Checks.
   *
   * @throws AssertionError if the participant lacks something; it names everything that it lacks
   * @throws IllegalStateException if the check wasn't told the action, the compensation or the
   *     state
   */
  public void check() {
    if (action == null || compensation == null || state == null) {
      throw new IllegalStateException(
          "The check of " + name + " needs action(...), compensation(...) and state(...)");
    }
    Run run = new Run(action, compensation, state);
    List<String> faults = new ArrayList<>();
    run.twice(keys.get(), faults);
    run.withoutAction(keys.get(), faults);
    if (!faults.isEmpty()) {
      throw new AssertionError(
          name + " doesn't bear what sagas do to it:\n- " + String.join("\n- ", faults));
    }
  }

  /** One run of the check. */
  private final class Run {

    private final ThrowingConsumer<String> action;
    private final ThrowingConsumer<String> compensation;
    private final Callable<?> state;

    Run(ThrowingConsumer<String> action, ThrowingConsumer<String> compensation, Callable<?> state) {
      this.action = action;
      this.compensation = compensation;
      this.state = state;
    }

    /** Do, do again, undo, undo again, and do late. */
    void twice(String key, List<String> faults) {
      Object before = look();
      must(action, key, "the action fails", faults);
      Object done = look();
      if (Objects.equals(before, done)) {
        faults.add("the action changes nothing that state(...) shows, so nothing can be checked");
        return;
      }
      must(action, key, "the action fails when it is repeated under the same key", faults);
      if (!Objects.equals(done, look())) {
        faults.add(
            "the action isn't idempotent: repeated under the same key it changes the state from "
                + difference(done, look()));
      }
      undoTwice(key, faults);
    }

    private void undoTwice(String key, List<String> faults) {
      Object done = look();
      must(compensation, key, "the compensation fails", faults);
      Object undone = look();
      if (Objects.equals(done, undone)) {
        faults.add("the compensation changes nothing: the state stays " + undone);
        return;
      }
      must(compensation, key, "the compensation fails when it is repeated", faults);
      Object undoneTwice = look();
      if (!Objects.equals(undone, undoneTwice)) {
        faults.add(
            "the compensation isn't idempotent: repeated it changes the state from "
                + difference(undone, undoneTwice));
      }
      late(key, "after its compensation", undoneTwice, faults);
    }

    /** Undo what wasn't done, and do it late. */
    void withoutAction(String key, List<String> faults) {
      Object before = look();
      must(compensation, key, "the compensation fails where there is nothing to undo", faults);
      Object after = look();
      if (!Objects.equals(before, after)) {
        faults.add(
            "the compensation undoes what wasn't done: without an action it changes the state from "
                + difference(before, after));
      }
      late(key, "after a compensation that found nothing to undo", after, faults);
    }

    private void late(String key, String when, @Nullable Object before, List<String> faults) {
      if (!barrier) {
        return;
      }
      try {
        action.accept(key);
      } catch (Throwable e) { // to refuse it is as good as to ignore it
        return;
      } finally {
        Object after = look();
        if (!Objects.equals(before, after)) {
          faults.add(
              "there is no barrier: an action that comes "
                  + when
                  + " changes the state from "
                  + difference(before, after));
        }
      }
    }

    private @Nullable Object look() {
      try {
        return state.call();
      } catch (Exception e) {
        throw new IllegalStateException("The state of " + name + " can't be seen", e);
      }
    }

    private String difference(@Nullable Object before, @Nullable Object after) {
      return before + " to " + after;
    }

    private void must(
        ThrowingConsumer<String> call, String key, String fault, List<String> faults) {
      try {
        call.accept(key);
      } catch (Throwable e) { // whatever it is, a coordinator would try again, and in vain
        faults.add(fault + ": " + e);
      }
    }
  }
}
