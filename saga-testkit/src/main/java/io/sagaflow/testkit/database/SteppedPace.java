package io.sagaflow.testkit.database;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time that a test moves by hand, for tests of the database itself. Calls that may wait run
 * on threads of their own, of which one runs at a time.
 */
public final class SteppedPace implements Pace {

  private static final ThreadLocal<@Nullable Call<?>> CURRENT = new ThreadLocal<>();

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparing(Event::at).thenComparingLong(Event::number));
  private final List<Call<?>> parked = new ArrayList<>();
  private final Semaphore turn = new Semaphore(0);
  private Duration now = Duration.ZERO;
  private long eventCount;

  private record Event(Duration at, long number, Runnable body) {}

  /** Creates a time that stands at its beginning. */
  public SteppedPace() {}

  @Override
  public void later(Duration delay, Runnable event) {
    events.add(new Event(now.plus(delay), eventCount++, event));
  }

  /**
   * Returns how a process runs what it does itself.
   *
   * @return runs tasks in their order, when the time is moved
   */
  public Executor process() {
    return task -> later(Duration.ZERO, task);
  }

  @Override
  public boolean await(BooleanSupplier condition, Duration atMost) {
    Call<?> call = CURRENT.get();
    if (call == null) {
      throw new IllegalStateException("Only a call waits");
    }
    Duration until = now.plus(atMost);
    later(atMost, () -> {});
    call.park(() -> condition.getAsBoolean() || now.compareTo(until) >= 0);
    return condition.getAsBoolean();
  }

  /**
   * Begins a call, and lets it go on until it has returned or waits.
   *
   * @param body the call
   * @param <T> what it returns
   * @return the call
   */
  public <T> Call<T> call(Callable<T> body) {
    Call<T> call = new Call<>(this, body);
    call.resume();
    return call;
  }

  /** Does everything that is to be done now. */
  public void settle() {
    advance(Duration.ZERO);
  }

  /**
   * Lets time pass, and does whatever becomes due on the way.
   *
   * @param duration how long
   */
  public void advance(Duration duration) {
    Duration until = now.plus(duration);
    while (true) {
      Call<?> awake = awake();
      Event event = events.peek();
      if (awake != null) {
        awake.resume();
      } else if (event != null && event.at().compareTo(until) <= 0) {
        events.remove();
        now = event.at();
        event.body().run();
      } else {
        now = until;
        return;
      }
    }
  }

  private @Nullable Call<?> awake() {
    for (Call<?> call : parked) {
      if (call.awaited.getAsBoolean()) {
        return call;
      }
    }
    return null;
  }

  /**
   * A call on a thread of its own.
   *
   * @param <T> what it returns
   */
  public static final class Call<T> {

    private final SteppedPace pace;
    private final Semaphore mine = new Semaphore(0);
    private BooleanSupplier awaited = () -> true;
    private boolean killed;
    private boolean done;
    private @Nullable T result;
    private @Nullable Throwable failure;

    /** Ends the thread of a call that was killed. */
    private static final class Killed extends Error {
      private static final long serialVersionUID = 1L;
    }

    private Call(SteppedPace pace, Callable<T> body) {
      this.pace = pace;
      Thread thread = new Thread(() -> live(body), "call");
      thread.setDaemon(true);
      thread.start();
    }

    private void live(Callable<T> body) {
      mine.acquireUninterruptibly();
      CURRENT.set(this);
      try {
        result = body.call();
      } catch (Throwable e) { // told to whoever asks
        failure = e;
      }
      done = true;
      pace.turn.release();
    }

    private void resume() {
      pace.parked.remove(this);
      mine.release();
      pace.turn.acquireUninterruptibly();
    }

    private void park(BooleanSupplier condition) {
      awaited = condition;
      pace.parked.add(this);
      pace.turn.release();
      mine.acquireUninterruptibly();
      if (killed) {
        throw new Killed();
      }
    }

    /** Ends it where it waits, as the death of its process does. */
    public void kill() {
      if (!done) {
        killed = true;
        resume();
      }
    }

    /**
     * Returns whether it has ended.
     *
     * @return whether it doesn't wait
     */
    public boolean isDone() {
      return done;
    }

    /**
     * Returns what it failed with.
     *
     * @return the failure, or null
     */
    public @Nullable Throwable failure() {
      return failure;
    }

    /**
     * Returns what it returned.
     *
     * @return the result
     * @throws IllegalStateException if it waits, or failed
     */
    public T get() {
      T got = result;
      if (got == null || failure != null) {
        throw new IllegalStateException(done ? "It failed" : "It waits", failure);
      }
      return got;
    }
  }
}
