package io.sagaflow.engine;

import io.sagaflow.Action;
import io.sagaflow.ChildSaga;
import io.sagaflow.Compensation;
import io.sagaflow.Condition;
import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.FailureClass;
import io.sagaflow.LocalTransaction;
import io.sagaflow.PayloadContext;
import io.sagaflow.Probe;
import io.sagaflow.SagaDataException;
import io.sagaflow.SagaStoreException;
import io.sagaflow.StatusQuery;
import io.sagaflow.StepDefinition;
import io.sagaflow.TransactionalAction;
import io.sagaflow.machine.Call;
import io.sagaflow.machine.Direction;
import io.sagaflow.machine.Outcome;
import io.sagaflow.machine.Outcome.Kind;
import io.sagaflow.store.Payload;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Calls user code, and says what came of it in the machine's words. */
final class Calls {

  private static final int CAUSES = 100; // a chain may be a ring

  private Calls() {}

  static Duration timeout(StepDefinition<?, ?> step, Direction direction) {
    return direction == Direction.COMPENSATION ? step.compensationTimeout() : step.timeout();
  }

  /** Whether a call runs in a transaction. */
  static boolean isTransactional(StepDefinition<?, ?> step, Direction direction) {
    return switch (direction) {
      case ACTION -> step.transactional().isPresent();
      case COMPENSATION -> step.transactionalCompensation().isPresent();
      case CONDITION, PROBE -> false;
    };
  }

  /** What is called. */
  @FunctionalInterface
  private interface UserCode {
    Outcome run() throws Exception;
  }

  /**
   * Runs one attempt on the calling thread, or begins an asynchronous one; throws nothing but
   * {@link ProcessKilled}.
   *
   * @return completes when the call has ended, with its outcome
   */
  static <I, R> CompletableFuture<Outcome> run(
      Attempt attempt, Owner owner, SagaView<I> saga, StepDefinition<I, R> step) {
    Call call = attempt.call();
    CallContext<I, R> context = new CallContext<>(saga, step.key(), attempt);
    if (AsyncCalls.isAsynchronous(step, call.direction())) {
      return AsyncCalls.begin(saga, step, call.direction(), context);
    }
    Outcome outcome =
        outcome(
            step,
            call.direction(),
            () ->
                step.child().isPresent() && call.direction() != Direction.CONDITION
                    ? child(owner.children(), saga, step, context)
                    : run(owner, saga, step, context));
    return CompletableFuture.completedFuture(outcome);
  }

  /** As {@link #run}, in a transaction. */
  static <I, R> Outcome runIn(
      LocalTransaction transaction, Attempt attempt, SagaView<I> saga, StepDefinition<I, R> step) {
    CallContext<I, R> context = new CallContext<>(saga, step.key(), attempt);
    return outcome(step, attempt.call().direction(), () -> runIn(transaction, saga, step, context));
  }

  private static Outcome outcome(StepDefinition<?, ?> step, Direction direction, UserCode code) {
    try {
      return code.run();
    } catch (ProcessKilled e) {
      throw e;
    } catch (
        Throwable failure) { // an Error of user code is that attempt's failure, not the engine's
      return failed(step, direction, failure);
    }
  }

  private static <I, R> Outcome run(
      Owner owner, SagaView<I> saga, StepDefinition<I, R> step, CallContext<I, R> context)
      throws Exception {
    return switch (context.direction()) {
      case CONDITION -> ask(owner, saga, step, context);
      case PROBE -> probe(saga, step, context);
      case ACTION -> act(saga, step, context);
      case COMPENSATION -> compensate(step, context);
    };
  }

  private static <I, R> Outcome child(
      Children children, SagaView<I> saga, StepDefinition<I, R> step, CallContext<I, R> context)
      throws Exception {
    ChildSaga<I, ?, R> child = step.child().orElseThrow();
    try {
      return context.isCompensation()
          ? children.compensate(saga, step, child, context.actionKey())
          : children.act(saga, child, context);
    } catch (SagaStoreException | CoordinatorClosedException e) {
      return Outcome.waiting(); // the coordinator's trouble is no failure of the step
    }
  }

  private static <I, R> Outcome runIn(
      LocalTransaction transaction,
      SagaView<I> saga,
      StepDefinition<I, R> step,
      CallContext<I, R> context)
      throws Exception {
    if (!context.isCompensation()) {
      TransactionalAction<I, R> action = step.transactional().orElseThrow();
      return succeeded(saga, step, action.runIn(context, transaction));
    }
    step.transactionalCompensation().orElseThrow().runIn(context, transaction);
    return Outcome.succeeded(Optional.empty());
  }

  /** Whether the action may begin: not if it is to be skipped, and not without its locks. */
  private static <I, R> Outcome ask(
      Owner owner, SagaView<I> saga, StepDefinition<I, R> step, CallContext<I, R> context)
      throws Exception {
    Optional<Condition<I>> condition = step.condition();
    boolean holds = condition.isEmpty() || condition.get().holds(context);
    return holds && step.locking().isPresent()
        ? Locks.take(owner, saga, step.locking().get(), context)
        : Outcome.condition(holds);
  }

  private static <I, R> Outcome act(
      SagaView<I> saga, StepDefinition<I, R> step, CallContext<I, R> context) throws Exception {
    Action<I, R> action = step.action();
    return succeeded(saga, step, action.run(context));
  }

  private static <I, R> Outcome probe(
      SagaView<I> saga, StepDefinition<I, R> step, CallContext<I, R> context) throws Exception {
    StatusQuery<I, R> query =
        step.probe().orElseThrow(() -> new IllegalStateException(step + " has no probe"));
    Probe<R> probe = query.ask(context);
    return switch (probe.answer()) {
      case DONE -> succeeded(saga, step, probe.result());
      case NOT_DONE -> Outcome.failed(Kind.REJECTED, "The probe says that it was not done.");
      case STILL_UNKNOWN -> Outcome.failed(Kind.FAILED, "The probe can't say yet.");
    };
  }

  static <I, R> Outcome succeeded(SagaView<I> saga, StepDefinition<I, R> step, @Nullable R result) {
    if (result == null) {
      return Outcome.succeeded(Optional.empty());
    }
    try {
      PayloadContext context = PayloadContext.ofResult(saga.header().id(), step.name());
      Payload payload = saga.payloads().encode(result, step.key().type(), context);
      return Outcome.succeeded(Optional.of(payload));
    } catch (Throwable e) { // a codec's failure, whatever it is, says nothing about the effect
      String why = e instanceof SagaDataException ? e.getMessage() : Texts.describe(e);
      return Outcome.failed(
          Kind.ABORTED, Texts.cut("The action succeeded, but its result was refused. " + why));
    }
  }

  private static <I, R> Outcome compensate(StepDefinition<I, R> step, CallContext<I, R> context)
      throws Exception {
    Compensation<I, R> compensation =
        step.compensation()
            .orElseThrow(() -> new IllegalStateException(step + " has no compensation"));
    compensation.run(context);
    return Outcome.succeeded(Optional.empty());
  }

  static Outcome failed(StepDefinition<?, ?> step, Direction direction, Throwable failure) {
    FailureClass failureClass =
        direction == Direction.ACTION || direction == Direction.CONDITION
            ? step.failures().classify(failure)
            : FailureClass.RETRIED; // neither a probe nor a compensation can reject
    Kind kind =
        switch (failureClass) {
          case REJECTED -> isInterrupt(failure) ? Kind.FAILED : Kind.REJECTED;
          case RETRIED -> Kind.FAILED;
          case ABORTED -> Kind.ABORTED;
        };
    return Outcome.failed(kind, Texts.describe(failure));
  }

  /**
   * An interrupt, or a stage that was cancelled, is ours: however wide a net rejectedBy casts,
   * nobody rejected anything.
   */
  private static boolean isInterrupt(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < CAUSES; depth++) {
      if (cause instanceof InterruptedException || cause instanceof CancellationException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
