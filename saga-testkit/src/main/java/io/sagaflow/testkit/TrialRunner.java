package io.sagaflow.testkit;

import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.store.InMemorySagaStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Runs the saga once, with the faults of a plan. */
final class TrialRunner<I> {

  /** Longer than six attempts of a call with the longest pauses that policies usually have. */
  private static final Duration LONGEST = Duration.ofDays(1);

  private static final Duration POLL = Duration.ofSeconds(10);
  private static final Duration MOMENT = Duration.ofMinutes(1);

  private final ExplorerOptions<I> options;

  TrialRunner(ExplorerOptions<I> options) {
    this.options = options;
  }

  /** How a trial went. */
  record Result(Trial trial, List<CrashPoint> points, EndState end) {}

  Result run(FaultPlan plan) {
    reset();
    VirtualTime time = options.surroundings().time();
    Trial trial = new Trial(plan, poll(plan), time);
    ExploredNode<I> last = runToTheEnd(trial, new InMemorySagaStore());
    List<CrashPoint> points = trial.pointsSinceCrash();
    Optional<SagaHandle> saga = last.find(options.businessKey());
    Optional<SagaOutcome> outcome =
        trial.isOver() ? saga.map(handle -> handle.await(MOMENT)) : Optional.empty();
    List<SagaEvent> history = saga.map(SagaHandle::history).orElse(List.of());
    if (!trial.lateCalls.isEmpty()) {
      Courier.deliver(trial.lateCalls, trial, time, options.surroundings().codec());
    }
    last.kill();
    return new Result(
        trial, points, new EndState(outcome, history, options.surroundings().ledger().entries()));
  }

  /**
   * A cancel has to be read before the call that it meets times out. Else nobody asks for anything,
   * and a long interval makes the hours short in which sagas wait.
   */
  private Duration poll(FaultPlan plan) {
    return options.definition().steps().stream()
        .filter(step -> plan.cancels(Callee.action(step.name())))
        .map(step -> step.timeout().dividedBy(2))
        .filter(half -> half.compareTo(POLL) < 0)
        .findFirst()
        .orElse(POLL);
  }

  private void reset() {
    options.surroundings().ledger().reset();
    for (TestParticipant participant : options.surroundings().participants()) {
      try {
        participant.reset();
      } catch (Exception e) {
        throw new IllegalStateException("A participant can't be reset: " + participant, e);
      }
    }
  }

  /** Runs on as many nodes, one after the other, as crashes need; returns the last. */
  private ExploredNode<I> runToTheEnd(Trial trial, InMemorySagaStore store) {
    ExploredNode.World<I> world =
        new ExploredNode.World<>(
            options.definition(),
            options.surroundings().codec(),
            options.surroundings().time(),
            options.surroundings().ledger(),
            store);
    int processes = 0;
    while (true) {
      processes++;
      String name = "node-" + (trial.plan.elsewhere() ? processes : 1);
      ExploredNode<I> node = new ExploredNode<>(name, trial, world);
      node.startUnlessStarted(options.businessKey(), options.input());
      options.signals().forEach(signal -> node.signal(options.businessKey(), signal));
      awaitEnd(trial);
      if (!trial.takeCrash()) {
        return node;
      }
    }
  }

  private void awaitEnd(Trial trial) {
    try {
      options.surroundings().time().advanceUntil(trial::isOver, LONGEST);
    } catch (AssertionError e) { // judged as a saga that doesn't end
      trial.timeline.note("explorer", "gives up: " + e.getMessage());
    }
  }
}
