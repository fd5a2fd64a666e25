package io.sagaflow.engine;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time, in order, on any thread of an executor. A task that throws doesn't keep
 * those behind it from running; an executor that refuses has the caller do the work. The lock
 * guards the queue.
 */
final class Serial implements Executor {

  private static final Logger LOG = LoggerFactory.getLogger(Serial.class);

  private final Executor executor;
  private final Consumer<Throwable> onFailure;
  private final Queue<Runnable> queue = new ArrayDeque<>();
  private boolean running;

  /** Takes where tasks run, and who learns, in their stead, of what they throw. */
  Serial(Executor executor, Consumer<Throwable> onFailure) {
    this.executor = executor;
    this.onFailure = onFailure;
  }

  /**
   * Does a task on the calling thread, if none is under way: for a thread that has nothing else to
   * do. It saves a hand-over.
   */
  void executeHere(Runnable task) {
    synchronized (queue) {
      queue.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    drain();
  }

  @Override
  public void execute(Runnable task) {
    synchronized (queue) {
      queue.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    try {
      executor.execute(this::drain);
    } catch (RuntimeException | Error e) { // no thread is left, say: nothing waits for ever
      LOG.warn("The executor refused; the caller does the work", e);
      runAll(); // but no call of the saga, which may block: who knows what the caller is at
    }
  }

  private void drain() {
    EngineThread.move(this::runAll);
  }

  private void runAll() {
    for (Runnable task = next(); task != null; task = next()) {
      EngineThread.passOn();
      run(task);
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable failure) { // an Error, too: the queue would never be emptied again
      try {
        onFailure.accept(failure);
      } catch (Throwable another) {
        failure.addSuppressed(another);
        LOG.error("A failure can't be handled", MessageWithheld.of(failure));
      }
    }
  }

  private @Nullable Runnable next() {
    synchronized (queue) {
      Runnable task = queue.poll();
      running = task != null;
      return task;
    }
  }
}
