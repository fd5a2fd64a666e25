package io.sagaflow;

/**
 * What an action gets to see. Thread-safe.
 *
 * @param <I> the saga's input
 */
public non-sealed interface ActionContext<I> extends StepContext<I> {}
