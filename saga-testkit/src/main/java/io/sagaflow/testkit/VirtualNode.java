package io.sagaflow.testkit;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.engine.Environment;
import io.sagaflow.testkit.VirtualTime.Task;
import io.sagaflow.testkit.VirtualTime.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A process of {@link VirtualTime}'s world, with one coordinator in it. It can be killed, like a
 * process by SIGKILL, and paused, like one by SIGSTOP or a long garbage collection. For use by the
 * test's thread.
 */
public final class VirtualNode {

  private enum Phase {
    RUNNING,
    PAUSED,
    DEAD
  }

  private final VirtualTime time;
  private final Instant bornAt;
  private final List<Task> held = new ArrayList<>();
  private Phase phase = Phase.RUNNING;
  private @Nullable SagaCoordinator coordinator;

  VirtualNode(VirtualTime time) {
    this.time = time;
    this.bornAt = time.now();
  }

  void started(SagaCoordinator started) {
    coordinator = started;
  }

  /**
   * Returns the coordinator.
   *
   * @return the coordinator of this node
   */
  public SagaCoordinator coordinator() {
    if (coordinator == null) {
      throw new IllegalStateException("The node is being started");
    }
    return coordinator;
  }

  /**
   * Ends the node at once: nothing that it was about to do happens any more. Doesn't return to an
   * action that kills its own node.
   */
  public void kill() {
    phase = Phase.DEAD;
    held.clear();
    time.kill(this);
  }

  /** Stops the node in the middle of whatever it does; for the others time goes on. */
  public void pause() {
    if (phase == Phase.RUNNING) {
      phase = Phase.PAUSED;
    }
  }

  /** Lets a paused node go on where it stopped; it doesn't know of the pause. */
  public void resume() {
    if (phase == Phase.PAUSED) {
      phase = Phase.RUNNING;
      held.forEach(time::execute);
      held.clear();
    }
  }

  boolean isRunning() {
    return phase == Phase.RUNNING;
  }

  void hold(Task task) {
    if (phase == Phase.PAUSED) {
      held.add(task);
    }
  }

  Environment environment() {
    return new Environment(
        time.clock(),
        () -> Duration.between(bornAt, time.now()).toNanos(),
        time.random(),
        (delay, task) -> {
          Timer timer = time.schedule(this, delay, task);
          return () -> time.cancel(timer);
        },
        time.waiting(),
        task -> time.execute(new Task(this, task)),
        task -> time.executeFiber(this, task),
        () -> {});
  }
}
