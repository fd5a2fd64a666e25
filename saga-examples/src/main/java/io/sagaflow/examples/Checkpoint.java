package io.sagaflow.examples;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;

/** A point at which a worker tells its parent and stands still, so that it can be killed there. */
final class Checkpoint {

  /** What the parent is told. */
  static final String REACHED = "@reached";

  private final String point;
  private final PrintStream parent;
  private final CountDownLatch never = new CountDownLatch(1);

  /** Takes the name of the point; an empty one is never reached. */
  Checkpoint(String point, PrintStream parent) {
    this.point = point;
    this.parent = parent;
  }

  /** Stands still for ever if this is the point. */
  void reached(String here) {
    if (here.equals(point)) {
      parent.println(REACHED);
      try {
        never.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A network that reaches a point when a participant has done something and not answered yet. */
  Network behind(Network network) {
    return new Network() {
      @Override
      public <T> T call(Request request, Answer<T> participant) throws Exception {
        return network.call(
            request,
            () -> {
              T answer = participant.answer();
              reached(request.operation());
              return answer;
            });
      }

      @Override
      public void close() {
        network.close();
      }
    };
  }
}
