package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Describes a saga, step by step. Mutable, for one thread.
 *
 * @param <I> the saga's input
 */
public final class SagaDefinitionBuilder<I> extends StepSequence<I> {

  private static final int MAX_STEPS = 1_000;

  /** Further off, an instant can't be told to every store and timer. */
  private static final Duration LONGEST_DEADLINE = Duration.ofDays(3_650);

  private final String name;
  private final Class<I> inputType;
  private int version = 1;
  private @Nullable Duration deadline;
  private CallLimit limit = CallLimit.NONE;
  private @Nullable LockKeys<I> locking;

  SagaDefinitionBuilder(String name, Class<I> inputType) {
    super(new Drafts<>());
    this.name = requireNonNull(name, "name");
    this.inputType = requireNonNull(inputType, "inputType");
  }

  /**
   * Sets the version; by default 1. Sagas in flight stay on the version that they were started
   * with, so give a definition whose steps changed a new one. What counts as a change is the steps'
   * names, kinds and order, which of them have a compensation, and which are at-most-once: a saga
   * that is resumed with other ones under the same version is stuck. Code, timeouts and retry
   * policies may change.
   *
   * @param version at least 1
   * @return this builder
   */
  public SagaDefinitionBuilder<I> version(int version) {
    this.version = version;
    return this;
  }

  /**
   * Sets how long after its start a saga may go forward; by default without a bound. A saga that
   * hasn't reached its pivot by then or, without a pivot, hasn't completed its last step, is
   * compensated.
   *
   * @param deadline the time since the start; positive, at most 3,650 days
   * @return this builder
   */
  public SagaDefinitionBuilder<I> deadline(Duration deadline) {
    this.deadline = requireNonNull(deadline, "deadline");
    return this;
  }

  /**
   * Bounds how many calls of any step of this definition run at the same time in one coordinator:
   * actions, compensations and status queries together. Those that have to wait hold no thread, and
   * are let in in the order in which they came; their timeout begins when they do. A call that
   * ignores its interrupt keeps its place until it ends. Versions of a definition share the bound.
   *
   * @param calls at least 1; each coordinator has so many of its own
   * @return this builder
   */
  public SagaDefinitionBuilder<I> maxConcurrent(int calls) {
    limit = limit.withConcurrent(calls);
    return this;
  }

  /**
   * Bounds how many calls of any step of this definition begin within a while in one coordinator,
   * see {@link #maxConcurrent}. A call counts from when it is let in; it may still have to wait for
   * another limit, or for a thread.
   *
   * @param calls how many begin at most within any such time; 1 to 100,000
   * @param per the time; positive, at most a day
   * @return this builder
   */
  public SagaDefinitionBuilder<I> rateLimit(int calls, Duration per) {
    limit = limit.withRate(calls, requireNonNull(per, "per"));
    return this;
  }

  /**
   * Has each saga hold semantic locks from before its first step to its end, see {@link
   * StepOptions#locking}.
   *
   * @param keys says which, from the input
   * @return this builder
   */
  public SagaDefinitionBuilder<I> locking(LockKeys<I> keys) {
    locking = requireNonNull(keys, "keys");
    return this;
  }

  /**
   * Adds a parallel block: its branches run side by side, and what follows waits for all of them.
   * When a step of one branch fails for good, no action begins any more; those that run are waited
   * for, each for its timeout at most, and then everything is compensated, branches again side by
   * side and the steps of each in reverse order.
   *
   * <p>An action may read the results of the steps that it waits for, and finds those of other
   * branches only by chance. The pivot can't be in a block.
   *
   * @param branches describe the branches, two at least, each with one step at least
   * @return this builder
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public final SagaDefinitionBuilder<I> parallel(Consumer<Branch<I>>... branches) {
    drafts.parallel(this, List.of(branches));
    return this;
  }

  /**
   * Checks and completes the definition.
   *
   * @return the definition
   * @throws SagaDefinitionException if it isn't well-formed, with every fault
   * @throws IllegalStateException if it is called within a branch of a parallel block
   */
  public SagaDefinition<I> build() {
    if (drafts.isInBlock()) {
      throw new IllegalStateException(
          "build() was called within a branch of a parallel block; call it behind the block");
    }
    List<String> faults = new ArrayList<>(ownFaults());
    List<StepDefinition<I, ?>> steps = new ArrayList<>();
    int pivot = pivotIndex();
    for (int i = 0; i < drafts.steps().size(); i++) {
      StepDraft<I, ?> draft = drafts.steps().get(i);
      draft.lockingFirst = draft.after.isEmpty() ? locking : null;
      complete(draft, i + 1, kindOf(i, pivot), faults).ifPresent(steps::add);
    }
    if (!faults.isEmpty()) {
      throw new SagaDefinitionException(name.isBlank() ? "(no name)" : name, faults);
    }
    return new SagaDefinition<>(
        name, version, inputType, Optional.ofNullable(deadline), limit, steps);
  }

  @Override
  SagaDefinitionBuilder<I> saga() {
    return this;
  }

  private int pivotIndex() {
    for (int i = 0; i < drafts.steps().size(); i++) {
      if (drafts.steps().get(i).pivot) {
        return i;
      }
    }
    return drafts.steps().size();
  }

  private static StepKind kindOf(int index, int pivot) {
    if (index < pivot) {
      return StepKind.COMPENSATABLE;
    }
    return index == pivot ? StepKind.PIVOT : StepKind.RETRIABLE;
  }

  private static <I, R> Optional<StepDefinition<I, R>> complete(
      StepDraft<I, R> draft, int position, StepKind kind, List<String> faults) {
    for (String fault : draft.faults(kind)) {
      faults.add("step " + position + " (" + draft.key.name() + "): " + fault);
    }
    Optional<Action<I, R>> action = Optional.ofNullable(draft.action);
    return (draft.child == null ? action : Optional.of(StepDraft.<I, R>runByTheCoordinator()))
        .map(itsAction -> new StepDefinition<>(draft, kind, itsAction));
  }

  private List<String> ownFaults() {
    List<String> faults = new ArrayList<>();
    if (!StepDraft.NAME.matcher(name).matches()) {
      faults.add("the definition's name must be " + StepDraft.NAME_FORM + "; got '" + name + "'");
    }
    if (version < 1) {
      faults.add("the version must be at least 1; got " + version);
    }
    if (deadline != null && !isInRange(deadline)) {
      faults.add("the deadline must be positive and at most 3,650 days; got " + deadline);
    }
    if (drafts.steps().isEmpty()) {
      faults.add("it has no steps");
    }
    if (drafts.steps().size() > MAX_STEPS) {
      faults.add(
          "it has " + drafts.steps().size() + " steps; at most " + MAX_STEPS + " are allowed");
    }
    faults.addAll(limit.faults());
    faults.addAll(drafts.faults());
    faults.addAll(duplicateFaults());
    return faults;
  }

  private static boolean isInRange(Duration deadline) {
    return !deadline.isNegative()
        && !deadline.isZero()
        && deadline.compareTo(LONGEST_DEADLINE) <= 0;
  }

  private List<String> duplicateFaults() {
    List<String> faults = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<String> pivots = new ArrayList<>();
    for (StepDraft<I, ?> draft : drafts.steps()) {
      if (!names.add(draft.key.name())) {
        faults.add("two steps are named '" + draft.key.name() + "'");
      }
      if (draft.pivot) {
        pivots.add(draft.key.name());
      }
    }
    if (pivots.size() > 1) {
      faults.add(
          "it has "
              + pivots.size()
              + " pivots, "
              + String.join(", ", pivots)
              + "; there is one point of no return at most");
    }
    return faults;
  }
}
