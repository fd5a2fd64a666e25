package io.sagaflow.machine;

import io.sagaflow.RetryPolicy;
import io.sagaflow.store.JournalRecord;
import java.time.Duration;
import java.util.List;

/** Tells a simulated saga so that a person can follow it. */
final class Timeline {

  private Timeline() {}

  static String of(SimulatedSaga saga) {
    StringBuilder text = new StringBuilder(1024);
    text.append("Plan, journal limit ").append(saga.plan().recordLimit()).append(":\n");
    for (int i = 0; i < saga.plan().steps().size(); i++) {
      line(text, planned(saga.plan().step(i), i));
    }
    text.append("Journal, and between its records what happened:\n");
    int written = 0;
    for (SimulatedSaga.Scene scene : saga.scenes()) {
      records(text, saga.journal().subList(written, scene.records()));
      written = scene.records();
      text.append("    * ").append(scene.move()).append('\n');
    }
    records(text, saga.journal().subList(written, saga.journal().size()));
    text.append("State, ").append(since(saga)).append(":\n  ");
    text.append(saga.state().status()).append(' ').append(saga.state().reason().orElse(""));
    text.append('\n');
    saga.state().steps().forEach(step -> line(text, step));
    text.append("World:\n");
    saga.world().traces().forEach(trace -> line(text, trace));
    return text.toString();
  }

  private static void records(StringBuilder text, List<JournalRecord> records) {
    for (JournalRecord record : records) {
      Duration at = Duration.between(Story.START, record.at());
      line(text, record.seq() + " " + at + " " + record.fact());
    }
  }

  private static String planned(PlannedStep step, int index) {
    return step.shape(index)
        + ", attempts "
        + bounds(step.retry())
        + ", of its compensation "
        + bounds(step.compensationRetry());
  }

  private static String bounds(RetryPolicy policy) {
    String most =
        policy.maxAttempts() == RetryPolicy.UNLIMITED
            ? "any"
            : Integer.toString(policy.maxAttempts());
    return most + policy.maxElapsed().map(elapsed -> " within " + elapsed).orElse("");
  }

  private static Duration since(SimulatedSaga saga) {
    return Duration.between(Story.START, saga.now());
  }

  private static void line(StringBuilder text, Object what) {
    text.append("  ").append(what).append('\n');
  }
}
