package io.sagaflow.machine;

import io.sagaflow.SagaStatus;
import io.sagaflow.StepStatus;
import io.sagaflow.store.Lineage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a saga stands: what its journal folds to. Immutable.
 *
 * @param status its status
 * @param seq the number of its last record
 * @param steps its steps, in the plan's order
 * @param deadline when it turns back unless its pivot may have begun
 * @param stuck where and why it is stuck; empty unless it is
 * @param turnReason why it turned back; empty unless it did
 * @param lineage where a child saga comes from; empty for a saga that isn't one
 */
public record SagaState(
    SagaStatus status,
    long seq,
    List<StepState> steps,
    Optional<Instant> deadline,
    Optional<Stuck> stuck,
    Optional<String> turnReason,
    Optional<Lineage> lineage) {

  /** Copies the list. */
  public SagaState {
    steps = List.copyOf(steps);
  }

  /** A saga that is no child. */
  SagaState(
      SagaStatus status,
      long seq,
      List<StepState> steps,
      Optional<Instant> deadline,
      Optional<Stuck> stuck,
      Optional<String> turnReason) {
    this(status, seq, steps, deadline, stuck, turnReason, Optional.empty());
  }

  /**
   * What holds a saga until an operator sends it on.
   *
   * @param from the status to which it returns
   * @param reason why, for people
   */
  public record Stuck(SagaStatus from, String reason) {}

  /**
   * Returns the status to which a stuck saga returns.
   *
   * @return the status; empty for a saga that isn't stuck
   */
  public Optional<SagaStatus> stuckFrom() {
    return stuck.map(Stuck::from);
  }

  /** Where it goes, or goes on when it isn't stuck any more. */
  SagaStatus heading() {
    return stuckFrom().orElse(status);
  }

  /** The same saga, not stuck: it heads for where it went before. */
  SagaState freed() {
    return withStatus(heading()).withStuck(Optional.empty());
  }

  /**
   * Returns why the saga is stuck, or else why it turned back.
   *
   * @return a sentence for people; empty for a saga that only went forward
   */
  public Optional<String> reason() {
    return stuck.map(Stuck::reason).or(() -> turnReason);
  }

  StepState step(int index) {
    return steps.get(index);
  }

  /** Whether a step needs nothing more for the saga to go forward. */
  boolean isDone(int index) {
    StepStatus standing = step(index).status();
    return standing == StepStatus.COMPLETED || standing == StepStatus.SKIPPED;
  }

  boolean isOverdue(Instant now) {
    return deadline.isPresent() && !now.isBefore(deadline.get());
  }

  SagaState withStatus(SagaStatus next) {
    return new SagaState(next, seq, steps, deadline, stuck, turnReason, lineage);
  }

  SagaState withSeq(long next) {
    return new SagaState(status, next, steps, deadline, stuck, turnReason, lineage);
  }

  /** Going forward, as if it had never turned back; its deadline has no say any more. */
  SagaState forward() {
    return new SagaState(
        SagaStatus.RUNNING,
        seq,
        steps,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        lineage);
  }

  SagaState withTurnReason(String next) {
    return new SagaState(status, seq, steps, deadline, stuck, Optional.of(next), lineage);
  }

  SagaState withSteps(List<StepState> next) {
    return new SagaState(status, seq, next, deadline, stuck, turnReason, lineage);
  }

  SagaState withStuck(Optional<Stuck> next) {
    return new SagaState(status, seq, steps, deadline, next, turnReason, lineage);
  }

  SagaState withStep(int index, StepState step) {
    List<StepState> changed = new ArrayList<>(steps);
    changed.set(index, step);
    return withSteps(changed);
  }
}
