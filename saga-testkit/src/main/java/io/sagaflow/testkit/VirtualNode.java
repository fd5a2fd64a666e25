package io.sagaflow.testkit;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.engine.Environment;
import io.sagaflow.testkit.loop.EventLoop;
import io.sagaflow.testkit.loop.SimulatedProcess;
import org.jspecify.annotations.Nullable;

/**
 * A process of {@link VirtualTime}'s world, with one coordinator in it. It can be killed, like a
 * process by SIGKILL, and paused, like one by SIGSTOP or a long garbage collection. For use by the
 * test's thread.
 */
public final class VirtualNode {

  private final VirtualTime time;
  private final SimulatedProcess process;
  private @Nullable SagaCoordinator coordinator;

  VirtualNode(VirtualTime time, SimulatedProcess process) {
    this.time = time;
    this.process = process;
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
    process.kill();
  }

  /** Stops the node in the middle of whatever it does; for the others time goes on. */
  public void pause() {
    process.pause();
  }

  /** Lets a paused node go on where it stopped; it doesn't know of the pause. */
  public void resume() {
    process.resume();
  }

  SimulatedProcess process() {
    return process;
  }

  Environment environment() {
    EventLoop loop = time.loop();
    return new Environment(
        process.clock(),
        process::nanos,
        time.random(),
        (delay, task) -> loop.schedule(process, delay, task)::run,
        loop::awaitDone,
        task -> loop.execute(process, task),
        task -> loop.execute(process, task),
        task -> loop.execute(process, task),
        () -> {});
  }
}
