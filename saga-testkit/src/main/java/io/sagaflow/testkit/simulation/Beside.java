package io.sagaflow.testkit.simulation;

import io.sagaflow.StepContext;
import io.sagaflow.engine.ProcessKilled;
import io.sagaflow.testkit.loop.EventLoop;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A call that goes on beside the thread that began it, in the same process, as that of a client
 * that doesn't block. It can be stopped as a thread can.
 */
final class Beside<T> implements Runnable {

  private final Callable<@Nullable T> body;
  private final CompletableFuture<@Nullable T> stage = new CompletableFuture<>();
  private @Nullable Thread thread;
  private boolean stopped;

  private Beside(Callable<@Nullable T> body) {
    this.body = body;
  }

  static <T> CompletionStage<@Nullable T> begin(
      EventLoop loop, StepContext<?> context, Callable<@Nullable T> body) {
    Beside<T> call = new Beside<>(body);
    context.onInterrupt(call::stop);
    loop.execute(loop.current(), call);
    return call.stage;
  }

  private void stop() {
    stopped = true;
    if (thread != null) {
      thread.interrupt();
    }
  }

  @Override
  public void run() {
    try {
      Thread current = Thread.currentThread();
      thread = current;
      if (stopped) {
        current.interrupt();
      }
      T result = body.call();
      leave();
      stage.complete(result);
    } catch (ProcessKilled e) {
      throw e;
    } catch (Throwable e) {
      leave();
      stage.completeExceptionally(e);
    }
  }

  private void leave() {
    thread = null;
    Thread.interrupted(); // what the thread does next has nothing to do with the call
  }
}
