package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What a child step runs: another definition, as a saga of its own. Immutable.
 *
 * @param definition what the child follows
 * @param input makes its input
 * @param resultOf the step of the child whose result is the parent step's; empty for no result
 * @param <I> the parent's input
 * @param <C> the child's input
 * @param <R> the parent step's result
 */
public record ChildSaga<I, C, R>(
    SagaDefinition<C> definition, ChildInput<I, C> input, Optional<StepKey<R>> resultOf) {

  /** How deep children may be nested. */
  static final int MOST_DEPTH = 10;

  /** Refuses nulls. */
  public ChildSaga {
    requireNonNull(definition, "definition");
    requireNonNull(input, "input");
    requireNonNull(resultOf, "resultOf");
  }

  /** How deep a definition nests its children: 0 for one that has none. */
  static int depth(SagaDefinition<?> definition) {
    return definition.steps().stream()
        .flatMap(step -> step.child().stream())
        .mapToInt(child -> 1 + depth(child.definition()))
        .max()
        .orElse(0);
  }

  /** Whether it can be undone as a whole, once it has completed. */
  boolean isReversible() {
    return definition.steps().stream().allMatch(step -> step.kind() == StepKind.COMPENSATABLE);
  }

  boolean hasStep(StepKey<?> key) {
    return definition.steps().stream().anyMatch(step -> step.key().equals(key));
  }
}
