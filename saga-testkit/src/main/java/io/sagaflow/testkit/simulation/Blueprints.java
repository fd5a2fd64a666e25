package io.sagaflow.testkit.simulation;

import io.sagaflow.Branch;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaDefinitionBuilder;
import io.sagaflow.StepBuilder;
import io.sagaflow.StepKind;
import io.sagaflow.StepSequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

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
    ELAPSED,
    BLOCK,
    BRANCHES,
    CONDITIONAL
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
      StepPlan chance = step(0, i, kinds[i], List.of());
      boolean compensatable = kinds[i] == StepKind.COMPENSATABLE;
      steps.add(
          new StepPlan(
              i,
              i == 0 ? List.of() : List.of(i - 1),
              kinds[i],
              Discipline.BARRIER,
              compensatable,
              compensatable && i == 1,
              false,
              chance.hasResult(),
              chance.timeout(),
              chance.retry(),
              chance.compensationRetry()));
    }
    SagaDefinitionBuilder<Integer> builder = SagaDefinition.named("d0", Integer.class);
    Optional<Duration> deadline = deadline(0);
    deadline.ifPresent(builder::deadline);
    List<Shape> sequence = steps.stream().<Shape>map(Shape.Step::new).toList();
    return new Blueprint(define(builder, sequence), steps, deadline);
  }

  private Blueprint generate(int number, SagaDefinitionBuilder<Integer> builder) {
    int most = dice.unit(About.LONG, number) < 0.2 ? Blueprint.MOST_STEPS : 4;
    int count = 1 + dice.below(most, About.STEPS, number);
    boolean hasPivot = dice.unit(About.HAS_PIVOT, number) < 0.6;
    int pivot = hasPivot ? dice.below(count, About.PIVOT, number) : count;
    List<StepPlan> steps = new ArrayList<>();
    List<Shape> shapes = new ArrayList<>();
    List<Integer> ends = List.of();
    while (steps.size() < count) {
      int index = steps.size();
      int room = (index < pivot ? pivot : count) - index;
      boolean block =
          index != pivot
              && room > 1
              && dice.unit(About.BLOCK, Dice.occasion(number, index, 0, 0)) < 0.3;
      ends =
          block
              ? addBlock(number, pivot, steps, shapes, new Room(ends, room))
              : addStep(number, pivot, steps, shapes, ends);
    }
    Optional<Duration> deadline = deadline(number);
    deadline.ifPresent(builder::deadline);
    return new Blueprint(define(builder, shapes), steps, deadline);
  }

  /** Where a block begins, and how many steps it may have. */
  private record Room(List<Integer> begin, int steps) {}

  private List<Integer> addStep(
      int number, int pivot, List<StepPlan> steps, List<Shape> shapes, List<Integer> after) {
    int index = steps.size();
    StepKind kind =
        index < pivot
            ? StepKind.COMPENSATABLE
            : index == pivot ? StepKind.PIVOT : StepKind.RETRIABLE;
    StepPlan plan = step(number, index, kind, after);
    steps.add(plan);
    shapes.add(new Shape.Step(plan));
    return List.of(index);
  }

  /** Two or three branches of one or two steps, and a block in a branch now and then. */
  private List<Integer> addBlock(
      int number, int pivot, List<StepPlan> steps, List<Shape> shapes, Room room) {
    int limit = steps.size() + room.steps();
    int most = 2 + dice.below(2, About.BRANCHES, Dice.occasion(number, steps.size(), 0, 0));
    List<List<Shape>> branches = new ArrayList<>();
    List<Integer> joined = new ArrayList<>();
    while (branches.size() < most && steps.size() < limit) {
      List<Shape> branch = new ArrayList<>();
      List<Integer> ends = addStep(number, pivot, steps, branch, room.begin());
      int left = limit - steps.size() - (branches.isEmpty() ? 1 : 0); // two branches at least
      double chance = dice.unit(About.BRANCHES, Dice.occasion(number, steps.size(), 1, 0));
      if (left > 1 && chance < 0.15) {
        ends = addBlock(number, pivot, steps, branch, new Room(ends, left));
      } else if (left > 0 && chance < 0.5) {
        ends = addStep(number, pivot, steps, branch, ends);
      }
      branches.add(branch);
      joined.addAll(ends);
    }
    shapes.add(new Shape.Block(branches));
    return joined;
  }

  private Optional<Duration> deadline(int number) {
    return faults.isEnabled(FaultKind.DEADLINE)
        ? Optional.of(Duration.ofMillis(200 + dice.below(6_000, About.DEADLINE, number)))
        : Optional.empty();
  }

  private StepPlan step(int number, int index, StepKind kind, List<Integer> after) {
    long at = Dice.occasion(number, index, 0, 0);
    boolean compensatable = kind == StepKind.COMPENSATABLE;
    boolean atMostOnce = compensatable && dice.unit(About.AT_MOST_ONCE, at) < 0.15;
    boolean conditional = kind != StepKind.PIVOT && dice.unit(About.CONDITIONAL, at) < 0.12;
    return new StepPlan(
        index,
        after,
        kind,
        DISCIPLINES[dice.below(DISCIPLINES.length, About.DISCIPLINE, at)],
        compensatable && dice.unit(About.COMPENSATED, at) < 0.85,
        atMostOnce,
        conditional,
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
      SagaDefinitionBuilder<Integer> builder, List<Shape> shapes) {
    add(builder, shapes);
    return builder.build();
  }

  private void add(StepSequence<Integer> sequence, List<Shape> shapes) {
    for (Shape shape : shapes) {
      if (shape instanceof Shape.Step step) {
        add(sequence, step.plan());
      } else if (shape instanceof Shape.Block block) {
        Consumer<Branch<Integer>>[] branches = branches(block);
        if (sequence instanceof Branch<Integer> branch) {
          branch.parallel(branches);
        } else if (sequence instanceof SagaDefinitionBuilder<Integer> saga) {
          saga.parallel(branches);
        }
      }
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  private Consumer<Branch<Integer>>[] branches(Shape.Block block) {
    return block.branches().stream()
        .map(shapes -> (Consumer<Branch<Integer>>) branch -> add(branch, shapes))
        .toArray(Consumer[]::new);
  }

  private void add(StepSequence<Integer> sequence, StepPlan plan) {
    StepBuilder<Integer, Integer> step =
        sequence
            .step(plan.key())
            .action(context -> participants.act(plan, context))
            .rejectedBy(Rejected.class)
            .abortOn(Aborted.class)
            .timeout(plan.timeout());
    describe(step, plan);
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
    if (plan.conditional()) {
      step.onlyIf(context -> participants.decide(plan, context));
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
