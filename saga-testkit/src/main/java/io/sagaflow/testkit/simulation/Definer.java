package io.sagaflow.testkit.simulation;

import io.sagaflow.Branch;
import io.sagaflow.ChildInput;
import io.sagaflow.ChildStepBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaDefinitionBuilder;
import io.sagaflow.StepBuilder;
import io.sagaflow.StepKind;
import io.sagaflow.StepSequence;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Says what was generated in the words of the library, with participants to call. */
final class Definer {

  private final Participants participants;

  Definer(Participants participants) {
    this.participants = participants;
  }

  SagaDefinition<Integer> define(SagaDefinitionBuilder<Integer> builder, List<Shape> shapes) {
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
    if (plan.work() instanceof Work.Wait wait) {
      addWait(sequence, plan, wait);
    } else if (plan.work() instanceof Work.Child child) {
      addChild(sequence, plan, child);
    } else {
      addCall(sequence, plan);
    }
  }

  private void addChild(StepSequence<Integer> sequence, StepPlan plan, Work.Child child) {
    SagaDefinition<Integer> definition = child.blueprint().definition();
    ChildInput<Integer, Integer> input = context -> SagaBook.numberOfChild(context.input(), plan);
    ChildStepBuilder<Integer, ?> step =
        child.resultOf().isPresent()
            ? sequence.child(plan.name(), definition, child.resultOf().get().key(), input)
            : sequence.child(plan.name(), definition, input);
    if (plan.conditional()) {
      step.onlyIf(context -> participants.decide(plan, context));
    }
  }

  private static void addWait(StepSequence<Integer> sequence, StepPlan plan, Work.Wait wait) {
    Optional<Duration> time = wait.pause().time();
    if (!wait.isSignal()) {
      sequence.sleep(plan.name(), time.orElseThrow());
    } else if (time.isPresent()) {
      sequence.awaitSignal(plan.key(), time.get());
    } else {
      sequence.awaitSignal(plan.key());
    }
  }

  private void addCall(StepSequence<Integer> sequence, StepPlan plan) {
    StepBuilder<Integer, Integer> step = sequence.step(plan.key());
    act(step, plan)
        .rejectedBy(Blueprints.Rejected.class)
        .abortOn(Blueprints.Aborted.class)
        .timeout(plan.timeout());
    describe(step, plan);
    describe(step, plan, plan.manner());
  }

  private void describe(StepBuilder<Integer, Integer> step, StepPlan plan, Manner manner) {
    manner.atATime().ifPresent(step::maxConcurrent);
    if (manner.locks() > 0) {
      step.locking(context -> manner.keys(context.input(), plan));
    }
  }

  private StepBuilder<Integer, Integer> act(StepBuilder<Integer, Integer> step, StepPlan plan) {
    if (plan.isTransactional()) {
      return step.transactional(
          (context, connection) -> participants.actIn(connection, plan, context));
    }
    return plan.manner().asynchronous()
        ? step.actionAsync(context -> participants.actBeside(plan, context))
        : step.action(context -> participants.act(plan, context));
  }

  private void undo(StepBuilder<Integer, Integer> step, StepPlan plan) {
    if (plan.isUndoneInTransaction()) {
      step.transactionalCompensation(
          (context, connection) -> participants.undoIn(connection, plan, context));
    } else if (plan.manner().asynchronous()) {
      step.compensationAsync(context -> participants.undoBeside(plan, context));
    } else {
      step.compensation(context -> participants.undo(plan, context));
    }
    step.compensationRetry(plan.compensationRetry());
  }

  private void describe(StepBuilder<Integer, Integer> step, StepPlan plan) {
    if (plan.compensated()) {
      undo(step, plan);
    } else if (plan.kind() == StepKind.COMPENSATABLE) {
      step.withoutCompensation("chance wants it so");
    }
    if (plan.kind() == StepKind.PIVOT) {
      step.pivot();
    }
    plan.probeRetry()
        .ifPresent(
            policy -> step.probe(context -> participants.ask(plan, context)).probeRetry(policy));
    if (plan.conditional()) {
      step.onlyIf(context -> participants.decide(plan, context));
    }
    if (plan.atMostOnce()) {
      step.atMostOnce();
    } else {
      step.retry(plan.retry());
    }
  }
}
