package io.sagaflow.testkit.simulation;

import io.sagaflow.ActionContext;
import io.sagaflow.CompensationContext;
import io.sagaflow.Probe;
import io.sagaflow.StepContext;
import io.sagaflow.machine.Direction;
import io.sagaflow.testkit.database.SimulatedConnection;
import io.sagaflow.testkit.simulation.Blueprints.Aborted;
import io.sagaflow.testkit.simulation.Blueprints.Rejected;
import io.sagaflow.testkit.simulation.Blueprints.Unreachable;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What the generated actions and compensations do: they reach a participant over a network that
 * loses, doubles and delays, take their time, fail, refuse, and take their process down.
 */
final class Participants {

  private enum About {
    DELAY,
    WHEN,
    LEAK,
    CONDITION
  }

  private static final int LATEST_MILLIS = 6_000;

  private final World world;
  private final Effects effects;
  private final Probes probes;
  private final Crowds crowds;
  private final TransactionalWork transactions;
  private final List<Oracle.OfCalls> oracles = new ArrayList<>(CallOracles.all());

  Participants(World world) {
    this.world = world;
    this.effects = new Effects(world);
    this.probes = new Probes(world, effects);
    this.crowds = new Crowds(world);
    this.transactions = new TransactionalWork(world, this, effects);
    oracles.addAll(RetryOracles.ofCalls());
    oracles.addAll(TransactionOracles.ofCalls());
  }

  @Nullable Integer act(StepPlan plan, ActionContext<Integer> context) throws Exception {
    return act(begin(plan, context, Direction.ACTION), this::act);
  }

  /** As {@link #act}, and goes on without the thread that begins it. */
  CompletionStage<@Nullable Integer> actBeside(StepPlan plan, ActionContext<Integer> context)
      throws Exception {
    Invocation call = begin(plan, context, Direction.ACTION);
    return Beside.begin(world.loop(), context, () -> act(call, this::act));
  }

  /** What it does happens when its transaction is committed. */
  @Nullable Integer actIn(Connection connection, StepPlan plan, ActionContext<Integer> context)
      throws Exception {
    return act(
        begin(plan, context, Direction.ACTION),
        call -> transactions.act(SimulatedConnection.of(connection), call));
  }

  private interface Doing {
    @Nullable Integer run(Invocation call) throws Exception;
  }

  private interface Undoing {
    void run(Invocation call) throws Exception;
  }

  private @Nullable Integer act(Invocation call, Doing body) throws Exception {
    try {
      Integer result = body.run(call);
      call.step().succeededActions++;
      return result;
    } catch (Rejected e) {
      call.step().rejectedActions++;
      call.step().failedActions++;
      throw e;
    } catch (Exception e) {
      call.step().failedActions += isTheirOwn(call, e) ? 1 : 0;
      throw disguised(call, e);
    } finally {
      end(call);
    }
  }

  Probe<Integer> ask(StepPlan plan, ActionContext<Integer> context) throws Unreachable {
    return probes.ask(plan, context);
  }

  /** Says one thing now and another then; only the first answer that is journaled counts. */
  boolean decide(StepPlan plan, ActionContext<Integer> context) throws Unreachable {
    SagaBook saga = world.books().find(context.sagaId());
    if (saga == null) {
      throw new IllegalStateException("A condition of a saga that was never started");
    }
    StepBook step = saga.steps.get(plan.index());
    if (step.journaled != StepBook.Journaled.NOTHING || !saga.isTurn(step)) {
      world
          .verdict()
          .violated("ConditionsAreAskedOnce", plan.name() + " of " + saga + " is asked again");
    }
    long at = Dice.occasion(saga.number, plan.index(), 2, step.asked++);
    if (strikes(FaultKind.CRASH_BEFORE_ACTION, at)) {
      world.placeOfCaller().crash();
      throw new Unreachable("the process died");
    }
    if (strikes(FaultKind.ACTION_FAILURE, at)) {
      step.failedActions++;
      throw new Unreachable("connection reset");
    }
    return world.dice().below(3, About.CONDITION, at) > 0;
  }

  /** A participant's client may tell of its interrupt in a form that looks like a refusal. */
  private Exception disguised(Invocation call, Exception e) {
    boolean interrupted = e instanceof InterruptedException;
    return interrupted && strikes(FaultKind.INTERRUPT_LIKE_A_REJECTION, occasion(call))
        ? new Rejected(e)
        : e;
  }

  void undo(StepPlan plan, CompensationContext<Integer, Integer> context) throws Exception {
    undo(begin(plan, context, Direction.COMPENSATION), this::undo);
  }

  /** As {@link #undo}, and goes on without the thread that begins it. */
  CompletionStage<@Nullable Integer> undoBeside(
      StepPlan plan, CompensationContext<Integer, Integer> context) throws Exception {
    Invocation call = begin(plan, context, Direction.COMPENSATION);
    return Beside.begin(
        world.loop(),
        context,
        () -> {
          undo(call, this::undo);
          return null;
        });
  }

  /** What it does happens when its transaction is committed. */
  void undoIn(Connection connection, StepPlan plan, CompensationContext<Integer, Integer> context)
      throws Exception {
    undo(
        begin(plan, context, Direction.COMPENSATION),
        call -> transactions.undo(SimulatedConnection.of(connection), call));
  }

  private void undo(Invocation call, Undoing body) throws Exception {
    try {
      body.run(call);
    } catch (Exception e) {
      call.step().failedCompensations += isTheirOwn(call, e) ? 1 : 0;
      throw e;
    } finally {
      end(call);
    }
  }

  /** An interrupt for no other reason than that the coordinator is being closed isn't theirs. */
  private boolean isTheirOwn(Invocation call, Exception e) {
    if (!(e instanceof InterruptedException) || !call.place().isClosing()) {
      return true;
    }
    SagaBook saga = call.saga();
    boolean timedOut = world.nanos() - call.beganAt() >= call.step().plan.timeout().toNanos();
    Instant now = call.place().clock().instant();
    boolean overdue =
        !saga.forced
            && saga.blueprint
                .deadline()
                .map(limit -> !now.isBefore(saga.startedAt.plus(limit)))
                .orElse(false);
    return timedOut || overdue || saga.cancelsPosted > 0;
  }

  private Invocation begin(StepPlan plan, StepContext<Integer> context, Direction direction)
      throws Unreachable {
    SagaBook saga = world.books().find(context.sagaId());
    Place place = world.placeOfCaller();
    if (saga == null) {
      throw new IllegalStateException("A call of a saga that was never started");
    }
    StepBook step = saga.steps.get(plan.index());
    Invocation call =
        new Invocation(
            saga, step, direction, context, place, place.life(), saga.epoch, world.nanos());
    long at = occasion(call);
    boolean action = direction == Direction.ACTION;
    if (isLethal(call)
        || strikes(
            action ? FaultKind.CRASH_BEFORE_ACTION : FaultKind.CRASH_BEFORE_COMPENSATION, at)) {
      die(call);
    }
    for (Oracle.OfCalls oracle : oracles) {
      String wrong = oracle.check(call);
      if (wrong != null) {
        world.verdict().violated(oracle.name(), wrong);
      }
    }
    enter(call);
    return call;
  }

  private boolean isLethal(Invocation call) {
    boolean lethal =
        world
            .faults()
            .strikes(
                FaultKind.LETHAL_STEP,
                Dice.occasion(
                    call.saga().number, call.step().plan.index(), call.isAction() ? 0 : 1, 1));
    call.saga().lethalCalls += lethal ? 1 : 0;
    if (call.saga().lethalCalls > 4 * Place.MOST_RECOVERIES * call.saga().steps.size() + 8) {
      world.verdict().violated("LethalSagasAreStopped", call + " kills again and again");
    }
    return lethal;
  }

  private void enter(Invocation call) {
    StepBook step = call.step();
    mark(call);
    call.saga().running.add(call);
    crowds.enter(call);
    world.witness().called(call.saga().id, call.direction(), step.plan.name());
    step.answersAt = call.saga().answers;
    world.trace().note(call.isAction() ? 10 : 11, call.saga().number * 16L + step.plan.index());
    if (world.trace().isTold()) {
      world.trace().tell(call.place() + " begins " + call);
    }
    if (call.isAction()) {
      step.actionCalls++;
      step.actionAttempt = call.context().attempt();
      step.actionEpoch = call.epoch();
      step.actionKey = call.context().idempotencyKey();
    } else {
      step.compensationCalls++;
      step.compensationAttempt = call.context().attempt();
      step.compensationEpoch = call.epoch();
      step.compensationKey = call.context().idempotencyKey();
    }
  }

  private void mark(Invocation call) {
    boolean beside = call.saga().running.stream().anyMatch(other -> other.isBeside(call));
    if (beside) {
      world
          .markers()
          .hit(call.isAction() ? Marker.ACTIONS_SIDE_BY_SIDE : Marker.COMPENSATIONS_SIDE_BY_SIDE);
    }
  }

  private void end(Invocation call) {
    call.saga().running.remove(call);
    crowds.leave(call);
    if (call.isAction() && call.saga().hasFailed() && !call.saga().turned) {
      world.markers().hit(Marker.ACTION_ENDS_AFTER_ANOTHER_FAILED);
    }
  }

  private @Nullable Integer act(Invocation call) throws Exception {
    long at = occasion(call);
    StepPlan plan = call.step().plan;
    boolean barrier = plan.discipline() == Discipline.BARRIER;
    if (strikes(FaultKind.REQUEST_LOST, at)) {
      throw new Unreachable("request lost");
    }
    if (barrier && strikes(FaultKind.LATE_REQUEST, at)) {
      world.later(
          1 + world.dice().below(LATEST_MILLIS, About.DELAY, at), () -> effects.arriveLate(call));
      throw new Unreachable("no answer");
    }
    if (barrier) {
      dawdle(call, FaultKind.SLOW_ACTION, at);
    }
    if (refuses(call, at)) {
      throw new Rejected();
    }
    if (strikes(FaultKind.ACTION_FAILURE, at)) {
      throw new Unreachable("connection reset");
    }
    Integer result = effects.apply(call);
    if (plan.discipline() != Discipline.BARE && strikes(FaultKind.DUPLICATED_REQUEST, at)) {
      effects.apply(call);
    }
    afterTheEffect(call, at);
    if (plan.hasResult() && strikes(FaultKind.UNWRITABLE_RESULT, at)) {
      call.step().failedActions++;
      return SimulatedCodec.UNWRITABLE;
    }
    return plan.hasResult() ? result : null;
  }

  private void afterTheEffect(Invocation call, long at) throws Exception {
    if (strikes(FaultKind.CRASH_IN_ACTION, at)) {
      die(call);
    }
    dawdle(call, FaultKind.SLOW_ACTION, at + 1);
    leak(call, at);
    hang(at);
    succeedAtTheLastMoment(call, at);
    if (strikes(FaultKind.ANSWER_LOST, at)) {
      throw new Unreachable("answer lost");
    }
    if (strikes(FaultKind.ACTION_ABORT, at)) {
      throw new Aborted();
    }
  }

  /** A refusal is definite: only who hasn't done it yet refuses. */
  boolean refuses(Invocation call, long at) {
    FaultKind kind =
        switch (call.step().plan.kind()) {
          case COMPENSATABLE -> FaultKind.REJECTION;
          case PIVOT -> FaultKind.PIVOT_REJECTION;
          case RETRIABLE -> FaultKind.REJECTION_AFTER_PIVOT;
        };
    return strikes(kind, at) && effects.mayRefuse(call);
  }

  private void undo(Invocation call) throws Exception {
    long at = occasion(call);
    boolean bare = call.step().plan.discipline() == Discipline.BARE;
    if (strikes(FaultKind.REQUEST_LOST, at)) {
      throw new Unreachable("request lost");
    }
    dawdle(call, FaultKind.SLOW_COMPENSATION, at);
    if (failsToUndo(call, at)) {
      throw new Unreachable("connection reset");
    }
    effects.undo(call);
    if (!bare && strikes(FaultKind.DUPLICATED_REQUEST, at)) {
      effects.undo(call);
    }
    if (strikes(FaultKind.CRASH_IN_COMPENSATION, at)) {
      die(call);
    }
    dawdle(call, FaultKind.SLOW_COMPENSATION, at + 1);
    leak(call, at);
    if (strikes(FaultKind.ANSWER_LOST, at)) {
      throw new Unreachable("answer lost");
    }
  }

  /** This time, or as long as there are faults. */
  boolean failsToUndo(Invocation call, long at) {
    long everyTime = Dice.occasion(call.saga().number, call.step().plan.index(), 1, 7);
    return strikes(FaultKind.COMPENSATION_FAILURE, at)
        || strikes(FaultKind.COMPENSATION_FAILURE, everyTime);
  }

  /** Takes a while, perhaps beyond the timeout. */
  void dawdle(Invocation call, FaultKind kind, long at) throws InterruptedException {
    if (strikes(kind, at)) {
      long most = call.step().plan.timeout().toMillis() * 3 / 2;
      long millis = 1L + world.dice().below((int) most, About.WHEN, at);
      world.loop().await(() -> false, Duration.ofMillis(millis));
    }
  }

  /** Goes on in spite of its interrupt for longer than the coordinator has patience. */
  void leak(Invocation call, long at) {
    if (!strikes(FaultKind.LEAKING_CALL, at)) {
      return;
    }
    call.saga().leakingCalls++;
    long until = world.nanos() + (2L + world.dice().below(4, About.LEAK, at)) * 1_000_000_000L;
    while (world.nanos() < until) {
      try {
        world.loop().await(() -> world.nanos() >= until, Duration.ofSeconds(6));
      } catch (InterruptedException e) {
        // that is what this is about
      }
    }
    world.markers().hit(Marker.LEAKED_CALL_ENDS);
    SagaBook saga = call.saga();
    Place place = call.place();
    boolean lives = place.life() == call.life() && !place.isClosing() && !place.isCrashing();
    saga.goesOnByItself =
        world.faults().areOver() && saga.waitsForALeakedCall && saga.epoch == call.epoch() && lives;
  }

  /** Doesn't come back until it is interrupted. */
  void hang(long at) throws InterruptedException {
    if (strikes(FaultKind.HANGING_CALL, at)) {
      world.loop().await(() -> false, Duration.ofDays(1));
    }
  }

  void succeedAtTheLastMoment(Invocation call, long at) throws InterruptedException {
    Optional<Duration> deadline = call.saga().blueprint.deadline();
    if (deadline.isPresent() && strikes(FaultKind.SUCCESS_AT_THE_DEADLINE, at)) {
      Duration left =
          Duration.between(
              call.place().clock().instant(), call.saga().startedAt.plus(deadline.get()));
      waitUntil(left, Marker.SUCCESS_AT_THE_TICK_OF_THE_DEADLINE);
    } else if (strikes(FaultKind.SUCCESS_AT_THE_TIMEOUT, at)) {
      Duration passed = Duration.ofNanos(world.nanos() - call.beganAt());
      waitUntil(
          call.step().plan.timeout().minus(passed), Marker.SUCCESS_AT_THE_TICK_OF_THE_TIMEOUT);
    }
  }

  private void waitUntil(Duration left, Marker marker) throws InterruptedException {
    if (!left.isNegative()) {
      world.loop().await(() -> false, left);
      world.markers().hit(marker);
    }
  }

  void die(Invocation call) throws Unreachable {
    world.markers().hit(Marker.CRASH_WITH_A_CALL_OPEN);
    call.place().crash();
    throw new Unreachable("the process died");
  }

  private boolean strikes(FaultKind kind, long at) {
    return world.faults().strikes(kind, at);
  }

  static long occasion(Invocation call) {
    StepBook step = call.step();
    int count = call.isAction() ? step.actionCalls : step.compensationCalls;
    return Dice.occasion(call.saga().number, step.plan.index(), call.isAction() ? 0 : 1, count);
  }
}
