package io.sagaflow.testkit.loop;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * A process of the simulated world. It can be killed, like a process by SIGKILL, and paused, like
 * one by SIGSTOP or a long garbage collection.
 */
public final class SimulatedProcess {

  private enum Phase {
    RUNNING,
    PAUSED,
    DEAD
  }

  private final EventLoop loop;
  private final long bornAt;
  private final List<Task> held = new ArrayList<>();
  private Phase phase = Phase.RUNNING;
  private Duration clockError = Duration.ZERO;

  SimulatedProcess(EventLoop loop) {
    this.loop = loop;
    this.bornAt = loop.nanos();
  }

  /** Ends the process at once. Doesn't return to what the process itself does. */
  public void kill() {
    phase = Phase.DEAD;
    held.clear();
    loop.kill(this);
  }

  /** Stops the process in the middle of whatever it does. */
  public void pause() {
    if (phase == Phase.RUNNING) {
      phase = Phase.PAUSED;
    }
  }

  /** Lets a paused process go on where it stopped; it doesn't know of the pause. */
  public void resume() {
    if (phase == Phase.PAUSED) {
      phase = Phase.RUNNING;
      held.forEach(loop::add);
      held.clear();
    }
  }

  /**
   * Returns whether it is neither paused nor dead.
   *
   * @return whether it runs
   */
  public boolean isRunning() {
    return phase == Phase.RUNNING;
  }

  /**
   * Returns whether it was killed.
   *
   * @return whether it is dead
   */
  public boolean isDead() {
    return phase == Phase.DEAD;
  }

  /**
   * Sets the process's wall clock wrong.
   *
   * @param error how far it is ahead of the world's, or behind if negative
   */
  public void setClockError(Duration error) {
    clockError = error;
  }

  /**
   * Returns the process's wall clock.
   *
   * @return tells the world's time, and the process's error in it
   */
  public InstantSource clock() {
    return () -> clockError.isZero() ? loop.now() : loop.now().plus(clockError);
  }

  /**
   * Returns the process's monotonic clock, which no error touches.
   *
   * @return nanoseconds since its beginning
   */
  public long nanos() {
    return loop.nanos() - bornAt;
  }

  /** Keeps what a paused process had still to do. */
  void hold(Task task) {
    if (phase == Phase.PAUSED) {
      held.add(task);
    }
  }
}
