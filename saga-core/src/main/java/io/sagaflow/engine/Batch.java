package io.sagaflow.engine;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.machine.Call;
import io.sagaflow.machine.Outcome;
import io.sagaflow.machine.SagaMachine;
import io.sagaflow.machine.SagaState;
import io.sagaflow.store.Fact;
import io.sagaflow.store.JournalRecord;
import io.sagaflow.store.RecordCodec;
import io.sagaflow.store.Release;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.StoredRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Facts of one saga on their way into the journal, and the state that they lead to. */
final class Batch {

  private final SagaMachine machine;
  private final Instant at;
  private final SagaStatus before;
  private final List<StoredRecord> records = new ArrayList<>();
  private final List<Long> consumed = new ArrayList<>();
  private SagaState state;
  private boolean progress;

  Batch(SagaMachine machine, SagaState state, Instant at) {
    this.machine = machine;
    this.state = state;
    this.before = state.status();
    this.at = at;
  }

  void add(Fact fact) {
    JournalRecord record = new JournalRecord(state.seq() + 1, at, fact);
    state = machine.apply(state, record);
    records.add(RecordCodec.write(record));
    progress |= isProgress(fact);
  }

  /** Says what the outcome of a call means, as things stand in the batch. */
  Fact judge(Call call, Outcome outcome, double roll) {
    return machine.judge(state, call, outcome, at, roll);
  }

  void consume(long commandId) {
    consumed.add(commandId);
  }

  SagaState state() {
    return state;
  }

  boolean isEmpty() {
    return records.isEmpty() && consumed.isEmpty();
  }

  List<StoredRecord> records() {
    return records;
  }

  /** What to append; a settled saga is let go of in the same append, and its locks if it ended. */
  SagaAppend toAppend(SagaId sagaId, boolean recovered, boolean locks) {
    SagaStatus after = state.status();
    boolean changed = after != before || isStuckAnew();
    return new SagaAppend(
        sagaId,
        records,
        changed ? Optional.of(after) : Optional.empty(),
        after.isSettled() ? Optional.of(release(locks)) : Optional.empty(),
        consumed,
        progress && recovered);
  }

  /** It may have been sent on and be stuck again, on another step. */
  private boolean isStuckAnew() {
    return state.status() == SagaStatus.STUCK && records.stream().anyMatch(Batch::isStuck);
  }

  private Release release(boolean locks) {
    return locks && state.status().isTerminal() ? resting().unlocking() : resting();
  }

  private Release resting() {
    String step = null;
    for (StoredRecord row : records) {
      step = isStuck(row) ? row.step() : step;
    }
    return step == null ? Release.untilCommand() : Release.untilCommand().on(step);
  }

  private static boolean isStuck(StoredRecord row) {
    return row.kind().equals(RecordKind.SAGA_STUCK.name());
  }

  /** Whether a step may be done, or skipped, that was waiting for its locks. */
  boolean decidesAStepWithoutItsCall() {
    return records.stream()
        .map(row -> RecordKind.valueOf(row.kind()))
        .anyMatch(
            kind ->
                kind == RecordKind.STEP_SKIPPED
                    || kind == RecordKind.STEP_MARKED_DONE
                    || kind == RecordKind.STEP_MARKED_NOT_DONE);
  }

  boolean isProgress() {
    return progress;
  }

  private static boolean isProgress(Fact fact) {
    return switch (fact.kind()) {
      case SAGA_STARTED, SAGA_RESUMED, STEP_STARTED, SIGNAL_RECEIVED, COMMAND_REFUSED -> false;
      case STEP_SKIPPED,
          STEP_COMPLETED,
          ACTION_FAILED,
          STEP_REJECTED,
          STEP_UNKNOWN,
          PROBE_FAILED,
          SAGA_TURNED_BACK,
          STEP_COMPENSATED,
          COMPENSATION_FAILED,
          SAGA_COMPLETED,
          SAGA_COMPENSATED,
          SAGA_STUCK,
          SAGA_RETRIED,
          STEP_MARKED_DONE,
          STEP_MARKED_NOT_DONE,
          COMPENSATION_SKIPPED,
          SAGA_FORCED_FORWARD ->
          true;
    };
  }
}
