package io.sagaflow.machine;

import io.sagaflow.Pause;
import io.sagaflow.RetryPolicy;
import io.sagaflow.StepKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the machine knows of a step: plain data, no user code.
 *
 * @param name the step's name
 * @param kind what it is to backward recovery
 * @param traits what else is said of it
 * @param after the indexes of the steps that it waits for, all smaller than its own; empty for a
 *     step that begins with the saga
 * @param retry how often the action is tried
 * @param probeRetry how often an unknown outcome is asked for
 * @param compensationRetry how often the compensation is tried
 * @param pause what it waits for, in place of an action
 */
public record PlannedStep(
    String name,
    StepKind kind,
    Set<Trait> traits,
    List<Integer> after,
    RetryPolicy retry,
    RetryPolicy probeRetry,
    RetryPolicy compensationRetry,
    Optional<Pause> pause) {

  /** Copies the collections. */
  public PlannedStep {
    traits = Set.copyOf(traits);
    after = List.copyOf(after);
  }

  /**
   * A step without a probe.
   *
   * @param name the step's name
   * @param kind what it is to backward recovery
   * @param traits what else is said of it
   * @param after the indexes of the steps that it waits for
   * @param retry how often the action is tried
   * @param compensationRetry how often the compensation is tried
   */
  public PlannedStep(
      String name,
      StepKind kind,
      Set<Trait> traits,
      List<Integer> after,
      RetryPolicy retry,
      RetryPolicy compensationRetry) {
    this(name, kind, traits, after, retry, RetryPolicy.none(), compensationRetry);
  }

  /**
   * A step that has an action.
   *
   * @param name the step's name
   * @param kind what it is to backward recovery
   * @param traits what else is said of it
   * @param after the indexes of the steps that it waits for
   * @param retry how often the action is tried
   * @param probeRetry how often an unknown outcome is asked for
   * @param compensationRetry how often the compensation is tried
   */
  public PlannedStep(
      String name,
      StepKind kind,
      Set<Trait> traits,
      List<Integer> after,
      RetryPolicy retry,
      RetryPolicy probeRetry,
      RetryPolicy compensationRetry) {
    this(name, kind, traits, after, retry, probeRetry, compensationRetry, Optional.empty());
  }

  boolean isSignal() {
    return pause.filter(what -> what.kind() == Pause.Kind.SIGNAL).isPresent();
  }

  boolean is(Trait trait) {
    return traits.contains(trait);
  }

  /**
   * Whether a record says that the action may begin. Of any other step, the journal makes its
   * action possible as soon as the steps that it waits for are done.
   */
  boolean isAnnounced() {
    return is(Trait.AT_MOST_ONCE) || is(Trait.CONDITIONAL);
  }

  /** Describes the step for the fingerprint of a plan in which it has an index. */
  String shape(int index) {
    StringBuilder shape = new StringBuilder(name).append(':').append(kind);
    new TreeSet<>(traits).forEach(trait -> shape.append(':').append(trait.mark()));
    pause.ifPresent(what -> shape.append(':').append(what.kind()));
    if (!after.equals(PlannedStep.inSequence(index))) {
      shape.append(
          after.stream().map(String::valueOf).collect(Collectors.joining(",", ":after ", "")));
    }
    return shape.toString();
  }

  /** What a step waits for in a plan without parallel blocks. */
  static List<Integer> inSequence(int index) {
    return index == 0 ? List.of() : List.of(index - 1);
  }
}
