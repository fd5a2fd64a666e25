package io.sagaflow.testkit.simulation;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaDefinitionBuilder;
import io.sagaflow.StepBuilder;
import io.sagaflow.StepKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Generates definitions: 1 to 12 steps of every kind, with limits of every kind. */
final class Blueprints {

  private enum About {
    HOW_MANY,
    STEPS,
    LONG,
    HAS_PIVOT,
    PIVOT,
    DISCIPLINE,
    COMPENSATED,
    AT_MOST_ONCE,
    RESULT,
    TIMEOUT,
    RETRY,
    ATTEMPTS,
    COMPENSATION_RETRY,
    DEADLINE,
    LONG_PAUSE,
    ELAPSED
  }

  private static final Duration LONG_PAUSE = Duration.ofSeconds(80);
  private static final Discipline[] DISCIPLINES = {
    Discipline.BARRIER, Discipline.BARRIER, Discipline.TOLERANT, Discipline.BARE
  };

  private final Dice dice;
  private final Faults faults;
  private final Participants participants;

  Blueprints(Dice dice, Faults faults, Participants participants) {
    this.dice = dice;
    this.faults = faults;
    this.participants = participants;
  }

  /** One or two definitions; the second is sometimes a new version of the first. */
  List<Blueprint> generate() {
    int count = 1 + dice.below(2, About.HOW_MANY, 0);
    boolean versions = dice.below(2, About.HOW_MANY, 1) == 0;
    List<Blueprint> blueprints = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SagaDefinitionBuilder<Integer> builder =
          versions
              ? SagaDefinition.named("d0", Integer.class).version(1 + i)
              : SagaDefinition.named("d" + i, Integer.class);
      blueprints.add(generate(i, builder));
    }
    return blueprints;
  }

  /** The shape of {@link WitnessedRun}. */
  Blueprint witnessed() {
    StepKind[] kinds = {
      StepKind.COMPENSATABLE, StepKind.COMPENSATABLE, StepKind.PIVOT, StepKind.RETRIABLE
    };
    List<StepPlan> steps = new ArrayList<>();
    for (int i = 0; i < kinds.length; i++) {
      StepPlan chance = step(0, i, kinds[i]);
      boolean compensatable = kinds[i] == StepKind.COMPENSATABLE;
      steps.add(
          new StepPlan(
              i,
              kinds[i],
              Discipline.BARRIER,
              compensatable,
              compensatable && i == 1,
              chance.hasResult(),
              chance.timeout(),
              chance.retry(),
              chance.compensationRetry()));
    }
    SagaDefinitionBuilder<Integer> builder = SagaDefinition.named("d0", Integer.class);
    Optional<Duration> deadline = deadline(0);
    deadline.ifPresent(builder::deadline);
    return new Blueprint(define(builder, steps), steps, deadline);
  }

  private Blueprint generate(int number, SagaDefinitionBuilder<Integer> builder) {
    int most = dice.unit(About.LONG, number) < 0.2 ? Blueprint.MOST_STEPS : 4;
    int count = 1 + dice.below(most, About.STEPS, number);
    boolean hasPivot = dice.unit(About.HAS_PIVOT, number) < 0.6;
    int pivot = hasPivot ? dice.below(count, About.PIVOT, number) : count;
    List<StepPlan> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      StepKind kind =
          i < pivot ? StepKind.COMPENSATABLE : i == pivot ? StepKind.PIVOT : StepKind.RETRIABLE;
      steps.add(step(number, i, kind));
    }
    Optional<Duration> deadline = deadline(number);
    deadline.ifPresent(builder::deadline);
    return new Blueprint(define(builder, steps), steps, deadline);
  }

  private Optional<Duration> deadline(int number) {
    return faults.isEnabled(FaultKind.DEADLINE)
        ? Optional.of(Duration.ofMillis(200 + dice.below(6_000, About.DEADLINE, number)))
        : Optional.empty();
  }

  private StepPlan step(int number, int index, StepKind kind) {
    long at = Dice.occasion(number, index, 0, 0);
    boolean compensatable = kind == StepKind.COMPENSATABLE;
    boolean atMostOnce = compensatable && dice.unit(About.AT_MOST_ONCE, at) < 0.15;
    return new StepPlan(
        index,
        kind,
        DISCIPLINES[dice.below(DISCIPLINES.length, About.DISCIPLINE, at)],
        compensatable && dice.unit(About.COMPENSATED, at) < 0.85,
        atMostOnce,
        dice.unit(About.RESULT, at) < 0.7,
        Duration.ofMillis(200 + dice.below(1_500, About.TIMEOUT, at)),
        retry(About.RETRY, at, compensatable ? 3 : 6),
        retry(About.COMPENSATION_RETRY, at, 6));
  }

  private RetryPolicy retry(About about, long at, int mostAttempts) {
    RetryPolicy policy = pauses(about, at);
    if (dice.unit(About.ELAPSED, at * 2 + (about == About.RETRY ? 0 : 1)) < 0.15) {
      policy = policy.maxElapsed(Duration.ofMillis(100 + dice.below(1_500, About.ELAPSED, at + 1)));
    }
    int attempts =
        dice.below(mostAttempts + 1, About.ATTEMPTS, at * 2 + (about == About.RETRY ? 0 : 1));
    return attempts == 0 && about == About.COMPENSATION_RETRY
        ? policy // for ever
        : policy.maxAttempts(Math.max(1, attempts));
  }

  /** Some steps pause for longer than all faults last: a deadline has to wake them. */
  private RetryPolicy pauses(About about, long at) {
    Duration first = Duration.ofMillis(20 + dice.below(300, about, at));
    return about == About.RETRY && dice.unit(About.LONG_PAUSE, at) < 0.02
        ? RetryPolicy.exponential(LONG_PAUSE, LONG_PAUSE)
        : RetryPolicy.exponential(first, Duration.ofSeconds(1));
  }

  private SagaDefinition<Integer> define(
      SagaDefinitionBuilder<Integer> builder, List<StepPlan> plans) {
    StepBuilder<Integer, Integer> step = null;
    for (StepPlan plan : plans) {
      step =
          builder
              .step(plan.key())
              .action(context -> participants.act(plan, context))
              .rejectedBy(Rejected.class)
              .abortOn(Aborted.class)
              .timeout(plan.timeout());
      describe(step, plan);
    }
    if (step == null) {
      throw new IllegalStateException("A definition has at least one step");
    }
    return step.build();
  }

  private void describe(StepBuilder<Integer, Integer> step, StepPlan plan) {
    if (plan.compensated()) {
      step.compensation(context -> participants.undo(plan, context))
          .compensationRetry(plan.compensationRetry());
    } else if (plan.kind() == StepKind.COMPENSATABLE) {
      step.withoutCompensation("chance wants it so");
    }
    if (plan.kind() == StepKind.PIVOT) {
      step.pivot();
    }
    if (plan.atMostOnce()) {
      step.atMostOnce();
    } else {
      step.retry(plan.retry());
    }
  }

  /** A participant's definite refusal. */
  static final class Rejected extends Exception {
    private static final long serialVersionUID = 1L;

    Rejected() {
      super("rejected", null, false, false);
    }

    Rejected(Exception cause) {
      super("rejected", cause, false, false);
    }
  }

  /** A failure after which the definition wants no retry. */
  static final class Aborted extends Exception {
    private static final long serialVersionUID = 1L;

    Aborted() {
      super("aborted", null, false, false);
    }
  }

  /** A failure that says nothing about the effect. */
  static final class Unreachable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreachable(String message) {
      super(message, null, false, false);
    }
  }
}
