package io.sagaflow.testkit;

import io.sagaflow.StepContext;
import io.sagaflow.StepRejectedException;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.SagaStore;
import java.io.IOException;

/** Lets happen what a call fault says, before and after the call's effect. */
final class Disturber {

  private final Trial trial;
  private final VirtualTime time;
  private final SagaStore store;

  /** What a participant's definite failure to answer looks like. */
  static final class Lost extends IOException {
    private static final long serialVersionUID = 1L;

    Lost(String message) {
      super(message);
    }
  }

  /** A failure that is no exception, as of a class that can't be loaded. */
  static final class Broken extends Error {
    private static final long serialVersionUID = 1L;

    Broken(String message) {
      super(message);
    }
  }

  Disturber(Trial trial, VirtualTime time, SagaStore store) {
    this.trial = trial;
    this.time = time;
    this.store = store;
  }

  void beforeEffect(CallFault fault, String node, StepContext<?> context) throws Exception {
    switch (fault.kind()) {
      case REJECTION -> {
        trial.timeline.fault(node, "the participant rejects");
        throw rejection(fault);
      }
      case FAILURE_BEFORE_EFFECT -> {
        trial.timeline.fault(node, "the request is lost, and had no effect");
        throw new Lost("injected: the request was lost");
      }
      case ERROR -> {
        trial.timeline.fault(node, "the call throws an Error, and had no effect");
        throw new Broken("injected: an Error before the effect");
      }
      case TIMEOUT_BEFORE_EFFECT, LATE_REQUEST -> {
        trial.timeline.fault(node, "the call hangs, and had no effect");
        time.hang();
      }
      case CANCEL_BEFORE_EFFECT -> cancel(node, context);
      case CRASH,
          FAILURE_AFTER_EFFECT,
          TIMEOUT_AFTER_EFFECT,
          DUPLICATE,
          LATE_DUPLICATE,
          CANCEL_AFTER_EFFECT -> {}
    }
  }

  void afterEffect(CallFault fault, String node, StepContext<?> context) throws Exception {
    switch (fault.kind()) {
      case FAILURE_AFTER_EFFECT -> {
        trial.timeline.fault(node, "the answer is lost; the effect stands");
        throw new Lost("injected: the answer was lost");
      }
      case TIMEOUT_AFTER_EFFECT -> {
        trial.timeline.fault(node, "the call hangs; the effect stands");
        time.hang();
      }
      case CANCEL_AFTER_EFFECT -> cancel(node, context);
      case CRASH,
          REJECTION,
          FAILURE_BEFORE_EFFECT,
          ERROR,
          TIMEOUT_BEFORE_EFFECT,
          DUPLICATE,
          LATE_DUPLICATE,
          LATE_REQUEST,
          CANCEL_BEFORE_EFFECT -> {}
    }
  }

  private void cancel(String node, StepContext<?> context) throws InterruptedException {
    trial.timeline.fault(node, "somebody cancels the saga while the call goes on");
    store.post(
        context.sagaId(), NewCommand.of(CommandKind.CANCEL, "explorer", "injected: cancelled"));
    time.sleep(trial.poll.multipliedBy(3).dividedBy(2)); // until the coordinator has read it
  }

  private static Exception rejection(CallFault fault) {
    String message = "injected: rejected";
    return fault
        .rejection()
        .flatMap(type -> Rejections.make(type, message))
        .orElseGet(() -> new StepRejectedException(message));
  }
}
