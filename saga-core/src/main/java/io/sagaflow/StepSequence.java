package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;

/**
 * Where steps are added, one behind the other. Mutable, for one thread.
 *
 * @param <I> the saga's input
 */
public abstract sealed class StepSequence<I>
    permits SagaDefinitionBuilder, Branch, StepOptions, ChildStepBuilder, PauseBuilder {

  final Drafts<I> drafts;

  StepSequence(Drafts<I> drafts) {
    this.drafts = drafts;
  }

  /**
   * Begins the next step, one without a result.
   *
   * @param name the step's name, see {@link SagaDefinition} for its form
   * @return the step's builder
   */
  public final VoidStepBuilder<I> step(String name) {
    return new VoidStepBuilder<>(this, drafts.add(StepKey.of(name, Void.class)));
  }

  /**
   * Begins the next step.
   *
   * @param name the step's name, see {@link SagaDefinition} for its form
   * @param resultType the class of the step's result
   * @param <R> the type of the step's result
   * @return the step's builder
   */
  public final <R> StepBuilder<I, R> step(String name, Class<R> resultType) {
    return step(StepKey.of(name, resultType));
  }

  /**
   * Begins the next step.
   *
   * @param key the step's name and the class of its result
   * @param <R> the type of the step's result
   * @return the step's builder
   */
  public final <R> StepBuilder<I, R> step(StepKey<R> key) {
    return new StepBuilder<>(this, drafts.add(key));
  }

  /**
   * Adds a step that starts another saga and waits for its end. The child is a saga like any other,
   * with its own journal, under a business key made of this saga's id and the step's name; it may
   * have children in turn. The coordinator that runs the parent runs the child's definition, too,
   * without it being registered.
   *
   * <p>If the child completes, so does the step. If it was compensated, the step is rejected. While
   * it is stuck, the parent waits. When the parent turns back, a child that runs is cancelled, and
   * one that has completed is compensated as a whole.
   *
   * @param name the step's name, see {@link SagaDefinition} for its form
   * @param definition what the child follows; before the pivot one without a pivot, unless the step
   *     says {@code withoutCompensation}
   * @param input makes the child's input
   * @param <C> the type of the child's input
   * @return the step's builder
   */
  public final <C> ChildStepBuilder<I, Void> child(
      String name, SagaDefinition<C> definition, ChildInput<I, C> input) {
    return child(
        StepKey.of(name, Void.class), new ChildSaga<>(definition, input, Optional.empty()));
  }

  /**
   * Adds a step that starts another saga and waits for its end, as {@link #child(String,
   * SagaDefinition, ChildInput)} does, with the result of one of the child's steps for its own.
   *
   * @param name the step's name, see {@link SagaDefinition} for its form
   * @param definition what the child follows
   * @param resultOf the step of the child whose result this step has
   * @param input makes the child's input
   * @param <C> the type of the child's input
   * @param <R> the type of the result
   * @return the step's builder
   */
  public final <C, R> ChildStepBuilder<I, R> child(
      String name, SagaDefinition<C> definition, StepKey<R> resultOf, ChildInput<I, C> input) {
    return child(
        StepKey.of(name, resultOf.type()),
        new ChildSaga<>(definition, input, Optional.of(resultOf)));
  }

  private <C, R> ChildStepBuilder<I, R> child(StepKey<R> key, ChildSaga<I, C, R> child) {
    StepDraft<I, R> draft = drafts.add(key);
    draft.child = child;
    return new ChildStepBuilder<>(this, draft);
  }

  /**
   * Adds a step that waits for a signal: a value that somebody sends with {@link
   * SagaCoordinator#signal}, whenever the saga has started, also long before it comes to this step.
   * The value becomes the step's result. A saga that waits leaves memory.
   *
   * @param key the signal's name, which is the step's, and the class of its value
   * @param <R> the type of the value
   * @return a builder for what comes next
   */
  public final <R> PauseBuilder<I> awaitSignal(StepKey<R> key) {
    return pause(key, new Pause(Pause.Kind.SIGNAL, Optional.empty()));
  }

  /**
   * Adds a step that waits for a signal, as {@link #awaitSignal(StepKey)} does, for some time. When
   * it hasn't come by then, the step counts as rejected and the saga turns back; so there is no
   * timeout after the pivot.
   *
   * @param key the signal's name, which is the step's, and the class of its value
   * @param timeout how long to wait from the moment when the saga came to this step; positive, at
   *     most 3,650 days
   * @param <R> the type of the value
   * @return a builder for what comes next
   */
  public final <R> PauseBuilder<I> awaitSignal(StepKey<R> key, Duration timeout) {
    requireNonNull(timeout, "timeout");
    return pause(key, new Pause(Pause.Kind.SIGNAL, Optional.of(timeout)));
  }

  /**
   * Adds a step that lets time pass, counted from the moment when the saga came to it, whatever
   * crashes meanwhile. A saga that sleeps longer than {@code parkAfter} leaves memory.
   *
   * @param name the step's name, see {@link SagaDefinition} for its form
   * @param duration how long; positive, at most 3,650 days
   * @return a builder for what comes next
   */
  public final PauseBuilder<I> sleep(String name, Duration duration) {
    requireNonNull(duration, "duration");
    return pause(StepKey.of(name, Void.class), new Pause(Pause.Kind.SLEEP, Optional.of(duration)));
  }

  private <R> PauseBuilder<I> pause(StepKey<R> key, Pause pause) {
    drafts.add(key).pause(pause);
    return new PauseBuilder<>(this);
  }

  /** The builder of the whole definition. */
  abstract SagaDefinitionBuilder<I> saga();
}
