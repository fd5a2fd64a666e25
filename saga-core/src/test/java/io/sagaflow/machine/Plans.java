package io.sagaflow.machine;

import io.sagaflow.Pause;
import io.sagaflow.RetryPolicy;
import io.sagaflow.StepKind;
import io.sagaflow.store.DefinitionRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Plans for tests. A step is tried three times, a second apart; so is its compensation. */
final class Plans {

  static final RetryPolicy THRICE = RetryPolicy.fixed(Duration.ofSeconds(1)).maxAttempts(3);
  static final int RECORD_LIMIT = 1_000;

  private Plans() {}

  static Plan plan(PlannedStep... steps) {
    return limited(RECORD_LIMIT, steps);
  }

  static Plan limited(int recordLimit, PlannedStep... steps) {
    List<PlannedStep> sequence = new ArrayList<>();
    for (PlannedStep step : steps) {
      sequence.add(after(step, PlannedStep.inSequence(sequence.size())));
    }
    return new Plan(new DefinitionRef("place-order", 3), sequence, recordLimit);
  }

  /** A plan whose steps wait for those that they say. */
  static Plan graph(PlannedStep... steps) {
    return new Plan(new DefinitionRef("place-order", 3), List.of(steps), RECORD_LIMIT);
  }

  static PlannedStep after(PlannedStep step, Integer... earlier) {
    return after(step, List.of(earlier));
  }

  static PlannedStep after(PlannedStep step, List<Integer> earlier) {
    return new PlannedStep(
        step.name(),
        step.kind(),
        step.traits(),
        earlier,
        step.retry(),
        step.probeRetry(),
        step.compensationRetry(),
        step.pause());
  }

  static PlannedStep step(String name) {
    return planned(name, StepKind.COMPENSATABLE, Set.of(Trait.COMPENSATED));
  }

  static PlannedStep withoutCompensation(String name) {
    return planned(name, StepKind.COMPENSATABLE, Set.of());
  }

  static PlannedStep atMostOnce(String name) {
    Set<Trait> traits = Set.of(Trait.COMPENSATED, Trait.AT_MOST_ONCE);
    return new PlannedStep(
        name, StepKind.COMPENSATABLE, traits, List.of(), RetryPolicy.none(), THRICE);
  }

  static PlannedStep conditional(PlannedStep step) {
    Set<Trait> traits = new HashSet<>(step.traits());
    traits.add(Trait.CONDITIONAL);
    return new PlannedStep(
        step.name(), step.kind(), traits, step.after(), step.retry(), step.compensationRetry());
  }

  static PlannedStep conditional(String name) {
    return planned(name, StepKind.COMPENSATABLE, Set.of(Trait.COMPENSATED, Trait.CONDITIONAL));
  }

  static PlannedStep probed(String name) {
    return probed(step(name));
  }

  /** A step whose unknown outcome is asked for three times, a second apart. */
  static PlannedStep probed(PlannedStep step) {
    Set<Trait> traits = new HashSet<>(step.traits());
    traits.add(Trait.PROBED);
    return new PlannedStep(
        step.name(),
        step.kind(),
        traits,
        step.after(),
        step.retry(),
        THRICE,
        step.compensationRetry());
  }

  static PlannedStep signal(String name) {
    return paused(name, StepKind.COMPENSATABLE, Pause.Kind.SIGNAL, Optional.empty());
  }

  static PlannedStep signal(String name, Duration timeout) {
    return paused(name, StepKind.COMPENSATABLE, Pause.Kind.SIGNAL, Optional.of(timeout));
  }

  static PlannedStep sleep(String name, Duration duration) {
    return paused(name, StepKind.COMPENSATABLE, Pause.Kind.SLEEP, Optional.of(duration));
  }

  private static PlannedStep paused(
      String name, StepKind kind, Pause.Kind what, Optional<Duration> time) {
    Pause pause = new Pause(what, time);
    return new PlannedStep(
        name, kind, Set.of(), List.of(), THRICE, THRICE, THRICE, Optional.of(pause));
  }

  /** The same step after the pivot. */
  static PlannedStep retriable(PlannedStep step) {
    return new PlannedStep(
        step.name(),
        StepKind.RETRIABLE,
        step.traits(),
        step.after(),
        step.retry(),
        step.probeRetry(),
        step.compensationRetry(),
        step.pause());
  }

  static PlannedStep transactional(PlannedStep step) {
    Set<Trait> traits = new HashSet<>(step.traits());
    traits.add(Trait.TRANSACTIONAL);
    return new PlannedStep(
        step.name(), step.kind(), traits, step.after(), step.retry(), step.compensationRetry());
  }

  static PlannedStep child(String name) {
    return planned(name, StepKind.COMPENSATABLE, Set.of(Trait.COMPENSATED, Trait.CHILD));
  }

  static PlannedStep pivot(String name) {
    return planned(name, StepKind.PIVOT, Set.of());
  }

  static PlannedStep retriable(String name) {
    return planned(name, StepKind.RETRIABLE, Set.of());
  }

  static PlannedStep retried(PlannedStep step, RetryPolicy retry) {
    return new PlannedStep(step.name(), step.kind(), step.traits(), step.after(), retry, retry);
  }

  private static PlannedStep planned(String name, StepKind kind, Set<Trait> traits) {
    return new PlannedStep(name, kind, traits, List.of(), THRICE, THRICE);
  }
}
