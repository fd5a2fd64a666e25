package io.sagaflow.store;

import io.sagaflow.RecordKind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Facts full of chance; the same seed gives the same facts. */
final class RandomFacts {

  private static final String[] PIECES = {"a", "Z", "0", " ", "\n", "'", "\"", "é", "鍵", "🔑", ""};

  private final SplittableRandom random;

  RandomFacts(long seed) {
    this.random = new SplittableRandom(seed);
  }

  JournalRecord record(RecordKind kind) {
    return new JournalRecord(random.nextLong(1, Long.MAX_VALUE), instant(), fact(kind));
  }

  Fact fact(RecordKind kind) {
    return switch (kind) {
      case SAGA_STARTED -> new Fact.SagaStarted(text(), payload(), maybe(this::instant));
      case SAGA_RESUMED -> new Fact.SagaResumed(text());
      case STEP_STARTED -> new Fact.StepStarted(text());
      case STEP_SKIPPED -> new Fact.StepSkipped(text());
      case STEP_COMPLETED -> new Fact.StepCompleted(text(), attempt(), maybe(this::payload));
      case ACTION_FAILED -> new Fact.ActionFailed(text(), attempt(), text(), instant());
      case STEP_REJECTED -> new Fact.StepRejected(text(), attempt(), text());
      case STEP_UNKNOWN -> new Fact.StepUnknown(text(), attempt(), text());
      case PROBE_FAILED -> new Fact.ProbeFailed(text(), attempt(), text(), instant());
      case SAGA_TURNED_BACK ->
          new Fact.SagaTurnedBack(any(TurnCause.values()), maybe(this::text), text());
      case STEP_COMPENSATED -> new Fact.StepCompensated(text(), attempt());
      case COMPENSATION_FAILED -> new Fact.CompensationFailed(text(), attempt(), text(), instant());
      case SAGA_COMPLETED -> new Fact.SagaCompleted();
      case SAGA_COMPENSATED -> new Fact.SagaCompensated();
      case SAGA_STUCK -> new Fact.SagaStuck(any(StuckCause.values()), maybe(this::text), text());
      case SAGA_RETRIED -> new Fact.SagaRetried(text(), text());
      case SIGNAL_RECEIVED -> new Fact.SignalReceived(text(), text(), text(), payload());
      case STEP_MARKED_DONE ->
          new Fact.StepMarkedDone(text(), text(), text(), maybe(this::payload));
      case STEP_MARKED_NOT_DONE -> new Fact.StepMarkedNotDone(text(), text(), text());
      case COMPENSATION_SKIPPED -> new Fact.CompensationSkipped(text(), text(), text());
      case SAGA_FORCED_FORWARD -> new Fact.SagaForcedForward(text(), text());
      case COMMAND_REFUSED -> new Fact.CommandRefused(any(CommandKind.values()), text(), text());
    };
  }

  private <T> T any(T[] values) {
    return values[random.nextInt(values.length)];
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }

  private int attempt() {
    return random.nextInt(1, Integer.MAX_VALUE);
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(any(PIECES));
    }
    return text.toString();
  }

  private Payload payload() {
    byte[] bytes = new byte[random.nextInt(64)];
    random.nextBytes(bytes);
    return Payload.of(bytes);
  }

  private Instant instant() {
    return Instant.EPOCH.plus(random.nextLong(1L << 53), ChronoUnit.MICROS);
  }
}
