package io.sagaflow.engine;

import io.sagaflow.StepDefinition;
import io.sagaflow.machine.Direction;
import io.sagaflow.machine.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Begins asynchronous user code, and says in the machine's words what came of it. */
final class AsyncCalls {

  private AsyncCalls() {}

  /** Whether a call holds no thread. */
  static boolean isAsynchronous(StepDefinition<?, ?> step, Direction direction) {
    return switch (direction) {
      case ACTION -> step.asynchronous().isPresent();
      case COMPENSATION -> step.asynchronousCompensation().isPresent();
      case CONDITION, PROBE -> false;
    };
  }

  /** Begins one attempt; throws nothing but {@link ProcessKilled}. */
  static <I, R> CompletableFuture<Outcome> begin(
      SagaView<I> saga, StepDefinition<I, R> step, Direction direction, CallContext<I, R> context) {
    CompletableFuture<Outcome> ended = new CompletableFuture<>();
    try {
      if (direction == Direction.COMPENSATION) {
        begun(step.asynchronousCompensation().orElseThrow().begin(context))
            .whenComplete((x, e) -> ended.complete(outcome(saga, step, direction, null, e)));
      } else {
        begun(step.asynchronous().orElseThrow().begin(context))
            .whenComplete((r, e) -> ended.complete(outcome(saga, step, direction, r, e)));
      }
    } catch (ProcessKilled e) {
      throw e;
    } catch (Throwable failure) {
      ended.complete(Calls.failed(step, direction, failure));
    }
    return ended;
  }

  private static <T> CompletionStage<T> begun(@Nullable CompletionStage<T> stage) {
    if (stage == null) {
      throw new IllegalStateException("An asynchronous call returned no stage");
    }
    return stage;
  }

  private static <I, R> Outcome outcome(
      SagaView<I> saga,
      StepDefinition<I, R> step,
      Direction direction,
      @Nullable R result,
      @Nullable Throwable failure) {
    return failure == null
        ? Calls.succeeded(saga, step, result)
        : Calls.failed(step, direction, cause(failure));
  }

  private static Throwable cause(Throwable failure) {
    boolean wrapped =
        failure instanceof CompletionException || failure instanceof ExecutionException;
    Throwable cause = failure.getCause();
    return wrapped && cause != null ? cause : failure;
  }
}
