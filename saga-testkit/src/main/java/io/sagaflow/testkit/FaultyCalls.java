package io.sagaflow.testkit;

import io.sagaflow.Action;
import io.sagaflow.Compensation;
import io.sagaflow.CompensationContext;
import io.sagaflow.RetryPolicy;
import io.sagaflow.StepContext;
import io.sagaflow.StepDecorator;
import io.sagaflow.StepDefinition;
import io.sagaflow.testkit.CrashPoint.Moment;
import io.sagaflow.testkit.Trial.Called;
import io.sagaflow.testkit.Trial.LateCall;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A user's calls as one node makes them in a trial: with the trial's faults before and after. */
final class FaultyCalls<I> implements StepDecorator<I> {

  /** So that a call that fails by itself leaves its saga stuck soon, and not after a day. */
  private static final int MOST_ATTEMPTS = 6;

  private final Trial trial;
  private final EffectLedger ledger;
  private final Disturber disturber;
  private final Node node;

  /** The process that makes the calls. */
  interface Node {

    String name();

    /** Ends the process, and with it the caller. */
    void kill();
  }

  FaultyCalls(Trial trial, EffectLedger ledger, Disturber disturber, Node node) {
    this.trial = trial;
    this.ledger = ledger;
    this.disturber = disturber;
    this.node = node;
  }

  @Override
  public <R> Action<I, R> action(StepDefinition<I, R> step, Action<I, R> action) {
    Callee callee = Callee.action(step.name());
    return context -> call(callee, context, () -> action.run(context));
  }

  @Override
  public <R> Compensation<I, R> compensation(
      StepDefinition<I, R> step, Compensation<I, R> compensation) {
    Callee callee = Callee.compensation(step.name());
    return context -> {
      CompensationContext<I, R> watched = new WatchedContext<>(context, trial);
      call(
          callee,
          context,
          () -> {
            compensation.run(watched);
            return callee; // anything: nobody looks
          });
    };
  }

  @Override
  public RetryPolicy retry(RetryPolicy policy) {
    return policy.equals(RetryPolicy.none()) // as it is: an at-most-once step has no other
        ? policy
        : policy.jitter(0).maxAttempts(Math.min(policy.maxAttempts(), MOST_ATTEMPTS));
  }

  private <T> @Nullable T call(Callee callee, StepContext<?> context, Callable<@Nullable T> body)
      throws Exception {
    Called called = trial.begin(callee, context);
    trial.timeline.note(node.name(), "calls " + callee + ", attempt " + context.attempt());
    reach(CrashPoint.ofCall(Moment.BEFORE, callee, called.number()));
    Optional<CallFault> fault = trial.plan.faultOf(callee, called.number());
    Callable<@Nullable T> request = () -> request(called, context, body);
    if (fault.isPresent()) {
      disturb(fault.get(), called, request);
      disturber.beforeEffect(fault.get(), node.name(), context);
    }
    T answer = request.call();
    reach(CrashPoint.ofCall(Moment.AFTER, callee, called.number()));
    if (fault.isPresent()) {
      disturber.afterEffect(fault.get(), node.name(), context);
    }
    return answer;
  }

  /** The faults that let a request come more than once, or late. */
  private void disturb(CallFault fault, Called called, Callable<?> request) throws Exception {
    switch (fault.kind()) {
      case DUPLICATE -> {
        trial.timeline.fault(node.name(), "the request arrives twice");
        request.call();
      }
      case LATE_DUPLICATE, LATE_REQUEST ->
          trial.lateCalls.add(new LateCall(called.callee(), request::call));
      default -> {} // met by the disturber
    }
  }

  /** The participant gets the request. */
  private <T> @Nullable T request(Called called, StepContext<?> context, Callable<@Nullable T> body)
      throws Exception {
    int[] effects = {0};
    ledger.enterCall(
        called.callee(),
        () -> {
          noteEffect(context);
          reach(CrashPoint.ofEffect(called.callee(), called.number(), ++effects[0]));
        });
    try {
      T answer = body.call();
      trial.forgetLastEffect(called.callee(), called.number());
      return answer;
    } catch (Exception e) {
      trial.timeline.note(node.name(), called.callee() + " throws " + e);
      throw e;
    } finally {
      ledger.leaveCall();
    }
  }

  private void noteEffect(StepContext<?> context) {
    EffectLedger.Entry entry = ledger.last();
    String key = trial.shown(entry.key(), context.sagaId().toString());
    String what =
        switch (entry.kind()) {
          case APPLIED -> "applied";
          case COMPENSATED -> "compensated";
          case NOTHING_TO_COMPENSATE -> "nothing to compensate";
        };
    trial.timeline.note("ledger", entry.effect() + " " + what + ", key " + key);
  }

  private void reach(CrashPoint point) {
    if (trial.isFatal(point, node.name())) {
      node.kill();
    }
  }
}
