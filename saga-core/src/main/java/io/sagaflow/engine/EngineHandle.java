package io.sagaflow.engine;

import io.sagaflow.SagaEvent;
import io.sagaflow.SagaException;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/** A saga as its starter holds it. */
record EngineHandle(Engine engine, SagaId id) implements SagaHandle {

  @Override
  public SagaStatus status() {
    return engine.world().archive().status(id);
  }

  @Override
  public List<SagaEvent> history() {
    return engine.history(id);
  }

  @Override
  public SagaOutcome await(Duration timeout) {
    CompletableFuture<SagaOutcome> future = engine.watch(id);
    try {
      engine.world().environment().waiting().until(future, timeout);
      return future.join();
    } catch (TimeoutException e) {
      throw new SagaTimeoutException(
          "Saga " + id + " hasn't ended within " + timeout + whatNow(), null, id, null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SagaException("Interrupted while waiting for saga " + id + ".", e, id, null);
    } catch (CompletionException e) {
      if (e.getCause() instanceof SagaException failure) {
        throw failure;
      }
      throw new SagaException("Waiting for saga " + id + " failed.", e.getCause(), id, null);
    } finally {
      engine.world().watchers().forget(id, future);
    }
  }

  private String whatNow() {
    return engine.isExpected(id)
        ? "; the transaction that starts it may not have been committed yet, or was rolled back,"
            + " and then it never runs."
        : "; it goes on.";
  }

  @Override
  public CompletionStage<SagaOutcome> completion() {
    return engine.watch(id).minimalCompletionStage();
  }

  @Override
  public void cancel(String by, String reason) {
    engine.cancel(id, by, reason);
  }

  @Override
  public String toString() {
    return "Saga " + id;
  }
}
