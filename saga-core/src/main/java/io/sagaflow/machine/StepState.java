package io.sagaflow.machine;

import io.sagaflow.StepStatus;
import io.sagaflow.store.Payload;
import java.time.Instant;
import java.util.Optional;

/**
 * Where a step stands. Attempts are those of the current direction: of the action while the saga
 * goes forward, of the compensation afterwards.
 *
 * @param status its status
 * @param open whether an attempt of the action may have had an effect that the journal doesn't know
 * @param attempts how many attempts have failed
 * @param firstFailureAt when the first of them failed
 * @param retryAt when the next attempt is due
 * @param error what the last failure said
 * @param result what the action returned
 * @param waiting of a step that waits, since when and what has come; of any other, nothing
 */
public record StepState(
    StepStatus status,
    boolean open,
    int attempts,
    Optional<Instant> firstFailureAt,
    Optional<Instant> retryAt,
    Optional<String> error,
    Optional<Payload> result,
    Waiting waiting) {

  /**
   * Where a step stands that waits for a signal or for time.
   *
   * @param since when its turn came; empty before
   * @param signal what has come for it, if anything has
   */
  public record Waiting(Optional<Instant> since, Optional<Signal> signal) {

    static final Waiting NONE = new Waiting(Optional.empty(), Optional.empty());
  }

  /**
   * A signal that has come.
   *
   * @param id by what it is known again
   * @param value what it brought
   */
  public record Signal(String id, Payload value) {}

  static final StepState PENDING =
      new StepState(
          StepStatus.PENDING,
          false,
          0,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Waiting.NONE);

  StepState with(StepStatus next) {
    return new StepState(next, open, attempts, firstFailureAt, retryAt, error, result, waiting);
  }

  StepState withWaiting(Waiting next) {
    return new StepState(status, open, attempts, firstFailureAt, retryAt, error, result, next);
  }

  /** To be gone through once more; a signal that has come isn't sent again. */
  StepState repeated() {
    return PENDING.withWaiting(new Waiting(Optional.empty(), waiting.signal()));
  }

  StepState opened() {
    return new StepState(status, true, attempts, firstFailureAt, retryAt, error, result, waiting);
  }

  /** A fresh set of attempts, of whatever comes next, the first one due at an instant. */
  StepState freshFrom(Instant at) {
    return new StepState(
        status, open, 0, Optional.empty(), Optional.of(at), error, result, waiting);
  }

  /** Nobody asks for its outcome any more. */
  StepState givenUp() {
    return new StepState(
        status, open, 0, Optional.empty(), Optional.empty(), error, result, waiting);
  }

  /** What it may have done is known now. */
  StepState closed() {
    return new StepState(status, false, attempts, firstFailureAt, retryAt, error, result, waiting);
  }

  StepState completed(Optional<Payload> newResult) {
    return new StepState(
        StepStatus.COMPLETED,
        false,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        newResult,
        waiting);
  }

  /** Surely without an effect, whatever was open. */
  StepState rejected(String newError) {
    return PENDING.with(StepStatus.REJECTED).failed(newError).withWaiting(waiting);
  }

  StepState failed(String newError) {
    return new StepState(
        status, open, attempts, firstFailureAt, retryAt, Optional.of(newError), result, waiting);
  }

  StepState failedUntil(Instant at, String newError, Instant newRetryAt) {
    return new StepState(
        status,
        open,
        attempts + 1,
        firstFailureAt.or(() -> Optional.of(at)),
        Optional.of(newRetryAt),
        Optional.of(newError),
        result,
        waiting);
  }

  /** A fresh set of attempts: after the saga turned, or an operator sent it on. */
  StepState rested() {
    return new StepState(
        status, open, 0, Optional.empty(), Optional.empty(), Optional.empty(), result, waiting);
  }

  boolean isDue(Instant now) {
    return retryAt.map(at -> !now.isBefore(at)).orElse(true);
  }
}
