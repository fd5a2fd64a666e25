package io.sagaflow.testkit.simulation;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaDefinitionBuilder;
import io.sagaflow.StepKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Generates definitions: 1 to 12 steps of every kind, with limits of every kind. */
final class Blueprints {

  /** What is left to chance. */
  enum About {
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
    CONDITIONAL,
    IS_PLAIN,
    HAS_WAITS,
    WAIT,
    WAIT_TIME,
    LONG_WAIT,
    SIGNAL,
    WAIT_IS_TIMED,
    HAS_PROBES,
    PROBED,
    PROBE_RETRY,
    HAS_TRANSACTIONS,
    TRANSACTION,
    UNDONE_IN_TRANSACTION,
    HAS_CHILDREN,
    CHILD,
    CHILD_STEPS,
    CHILD_DEADLINE,
    HAS_MANNERS,
    ASYNCHRONOUS,
    AT_A_TIME,
    HAS_LOCKS,
    LOCKS
  }

  private final Dice dice;
  private final Faults faults;
  private final Children children;
  private final StepPlans stepPlans;
  private final Definer definer;

  Blueprints(Dice dice, Faults faults, Participants participants) {
    this.dice = dice;
    this.faults = faults;
    this.stepPlans = new StepPlans(dice);
    this.definer = new Definer(participants);
    this.children = new Children(dice, stepPlans, definer);
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
      StepPlan chance = stepPlans.calling(0, i, kinds[i], List.of());
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
              chance.compensationRetry(),
              new Work.Call(Optional.empty(), Manner.PLAIN)));
    }
    SagaDefinitionBuilder<Integer> builder = SagaDefinition.named("d0", Integer.class);
    Optional<Duration> deadline = deadline(0);
    deadline.ifPresent(builder::deadline);
    List<Shape> sequence = steps.stream().<Shape>map(Shape.Step::new).toList();
    return new Blueprint(definer.define(builder, sequence), steps, deadline);
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
    return new Blueprint(definer.define(builder, shapes), steps, deadline);
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
    StepPlan plan = children.in(number, stepPlans.step(number, index, kind, after));
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
