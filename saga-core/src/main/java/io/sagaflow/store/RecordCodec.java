package io.sagaflow.store;

import static io.sagaflow.RecordKind.SAGA_STARTED;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaId;
import io.sagaflow.store.Fact.ActionFailed;
import io.sagaflow.store.Fact.CommandRefused;
import io.sagaflow.store.Fact.CompensationFailed;
import io.sagaflow.store.Fact.CompensationSkipped;
import io.sagaflow.store.Fact.ProbeFailed;
import io.sagaflow.store.Fact.SagaCompensated;
import io.sagaflow.store.Fact.SagaCompleted;
import io.sagaflow.store.Fact.SagaForcedForward;
import io.sagaflow.store.Fact.SagaResumed;
import io.sagaflow.store.Fact.SagaRetried;
import io.sagaflow.store.Fact.SagaStarted;
import io.sagaflow.store.Fact.SagaStuck;
import io.sagaflow.store.Fact.SagaTurnedBack;
import io.sagaflow.store.Fact.SignalReceived;
import io.sagaflow.store.Fact.StepCompensated;
import io.sagaflow.store.Fact.StepCompleted;
import io.sagaflow.store.Fact.StepMarkedDone;
import io.sagaflow.store.Fact.StepMarkedNotDone;
import io.sagaflow.store.Fact.StepRejected;
import io.sagaflow.store.Fact.StepSkipped;
import io.sagaflow.store.Fact.StepStarted;
import io.sagaflow.store.Fact.StepUnknown;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The journal's format: how each fact lies in the columns of a {@link StoredRecord}. */
public final class RecordCodec {

  private RecordCodec() {}

  /**
   * Writes a record as a row.
   *
   * @param record the record
   * @return the row
   */
  public static StoredRecord write(JournalRecord record) {
    Row row = new Row(record);
    return switch (record.fact().kind()) { // no default: a new kind has to be given its columns
      case SAGA_STARTED -> {
        SagaStarted fact = (SagaStarted) record.fact();
        row.code = fact.fingerprint();
        row.payload = fact.input();
        row.due = fact.deadline().orElse(null);
        row.detail = fact.lineage().map(lineage -> lineage.root().toString()).orElse(null);
        yield row.actor(fact.lineage().map(lineage -> lineage.parent().toString()).orElse(null));
      }
      case SAGA_RESUMED -> row.actor(((SagaResumed) record.fact()).node());
      case STEP_STARTED -> row.step(((StepStarted) record.fact()).step(), 0);
      case STEP_SKIPPED -> row.step(((StepSkipped) record.fact()).step(), 0);
      case STEP_COMPLETED -> {
        StepCompleted fact = (StepCompleted) record.fact();
        row.payload = fact.result().orElse(null);
        yield row.step(fact.step(), fact.attempt());
      }
      case ACTION_FAILED -> {
        ActionFailed fact = (ActionFailed) record.fact();
        row.due = fact.retryAt();
        row.detail = fact.error();
        yield row.step(fact.step(), fact.attempt());
      }
      case STEP_REJECTED -> {
        StepRejected fact = (StepRejected) record.fact();
        row.detail = fact.error();
        yield row.step(fact.step(), fact.attempt());
      }
      case STEP_UNKNOWN -> {
        StepUnknown fact = (StepUnknown) record.fact();
        row.detail = fact.error();
        yield row.step(fact.step(), fact.attempt());
      }
      case PROBE_FAILED -> {
        ProbeFailed fact = (ProbeFailed) record.fact();
        row.due = fact.retryAt();
        row.detail = fact.error();
        yield row.step(fact.step(), fact.attempt());
      }
      case SAGA_TURNED_BACK -> {
        SagaTurnedBack fact = (SagaTurnedBack) record.fact();
        row.code = fact.cause().name();
        row.detail = fact.reason();
        yield row.actor(fact.by().orElse(null));
      }
      case STEP_COMPENSATED -> {
        StepCompensated fact = (StepCompensated) record.fact();
        yield row.step(fact.step(), fact.attempt());
      }
      case COMPENSATION_FAILED -> {
        CompensationFailed fact = (CompensationFailed) record.fact();
        row.due = fact.retryAt();
        row.detail = fact.error();
        yield row.step(fact.step(), fact.attempt());
      }
      case SAGA_COMPLETED, SAGA_COMPENSATED -> row.toRecord();
      case SAGA_STUCK -> {
        SagaStuck fact = (SagaStuck) record.fact();
        row.code = fact.cause().name();
        row.detail = fact.reason();
        yield row.step(fact.step().orElse(null), 0);
      }
      case SAGA_RETRIED -> {
        SagaRetried fact = (SagaRetried) record.fact();
        row.detail = fact.reason();
        yield row.actor(fact.by());
      }
      case SIGNAL_RECEIVED -> {
        SignalReceived fact = (SignalReceived) record.fact();
        row.code = fact.signalId();
        row.payload = fact.value();
        yield row.by(fact.by(), fact.step());
      }
      case STEP_MARKED_DONE -> {
        StepMarkedDone fact = (StepMarkedDone) record.fact();
        row.detail = fact.reason();
        row.payload = fact.result().orElse(null);
        yield row.by(fact.by(), fact.step());
      }
      case STEP_MARKED_NOT_DONE -> {
        StepMarkedNotDone fact = (StepMarkedNotDone) record.fact();
        row.detail = fact.reason();
        yield row.by(fact.by(), fact.step());
      }
      case COMPENSATION_SKIPPED -> {
        CompensationSkipped fact = (CompensationSkipped) record.fact();
        row.detail = fact.reason();
        yield row.by(fact.by(), fact.step());
      }
      case SAGA_FORCED_FORWARD -> {
        SagaForcedForward fact = (SagaForcedForward) record.fact();
        row.detail = fact.reason();
        yield row.actor(fact.by());
      }
      case COMMAND_REFUSED -> {
        CommandRefused fact = (CommandRefused) record.fact();
        row.code = fact.command().name();
        row.detail = fact.reason();
        yield row.actor(fact.by());
      }
    };
  }

  /**
   * Reads a whole journal.
   *
   * @param sagaId whose journal it is, for messages
   * @param rows the rows in order
   * @return the records, numbered from 1 without gaps
   * @throws CorruptJournalException if a row can't be read, or the numbers have a gap
   */
  public static List<JournalRecord> readAll(SagaId sagaId, List<StoredRecord> rows) {
    List<JournalRecord> records = new ArrayList<>(rows.size());
    for (StoredRecord row : rows) {
      if (row.seq() != records.size() + 1L) {
        throw new CorruptJournalException(
            "Journal of saga "
                + sagaId
                + " has record "
                + row.seq()
                + " where record "
                + (records.size() + 1)
                + " belongs.",
            null,
            sagaId);
      }
      records.add(read(sagaId, row));
    }
    if (records.isEmpty() || records.get(0).fact().kind() != SAGA_STARTED) {
      throw new CorruptJournalException(
          "Journal of saga " + sagaId + " doesn't begin with SAGA_STARTED.", null, sagaId);
    }
    return records;
  }

  /**
   * Reads a row.
   *
   * @param sagaId whose journal it is, for messages
   * @param row the row
   * @return the record
   * @throws CorruptJournalException if the row can't be read
   */
  public static JournalRecord read(SagaId sagaId, StoredRecord row) {
    try {
      return new JournalRecord(row.seq(), row.at(), fact(row));
    } catch (IllegalArgumentException e) {
      throw new CorruptJournalException(
          "Record "
              + row.seq()
              + " ("
              + row.kind()
              + ") of saga "
              + sagaId
              + " can't be read: "
              + e.getMessage(),
          e,
          sagaId);
    }
  }

  private static Fact fact(StoredRecord row) {
    return switch (RecordKind.valueOf(row.kind())) {
      case SAGA_STARTED ->
          new SagaStarted(
              need(row.code(), "code"),
              need(row.payload(), "payload"),
              Optional.ofNullable(row.due()),
              Optional.ofNullable(row.actor()).map(parent -> lineage(parent, detail(row))));
      case SAGA_RESUMED -> new SagaResumed(actor(row));
      case STEP_STARTED -> new StepStarted(step(row));
      case STEP_SKIPPED -> new StepSkipped(step(row));
      case STEP_COMPLETED ->
          new StepCompleted(step(row), row.attempt(), Optional.ofNullable(row.payload()));
      case ACTION_FAILED -> new ActionFailed(step(row), row.attempt(), detail(row), due(row));
      case STEP_REJECTED -> new StepRejected(step(row), row.attempt(), detail(row));
      case STEP_UNKNOWN -> new StepUnknown(step(row), row.attempt(), detail(row));
      case PROBE_FAILED -> new ProbeFailed(step(row), row.attempt(), detail(row), due(row));
      case SAGA_TURNED_BACK ->
          new SagaTurnedBack(
              TurnCause.valueOf(need(row.code(), "code")),
              Optional.ofNullable(row.actor()),
              detail(row));
      case STEP_COMPENSATED -> new StepCompensated(step(row), row.attempt());
      case COMPENSATION_FAILED ->
          new CompensationFailed(step(row), row.attempt(), detail(row), due(row));
      case SAGA_COMPLETED -> new SagaCompleted();
      case SAGA_COMPENSATED -> new SagaCompensated();
      case SAGA_STUCK ->
          new SagaStuck(
              StuckCause.valueOf(need(row.code(), "code")),
              Optional.ofNullable(row.step()),
              detail(row));
      case SAGA_RETRIED -> new SagaRetried(actor(row), detail(row));
      case SIGNAL_RECEIVED ->
          new SignalReceived(
              step(row), need(row.code(), "code"), actor(row), need(row.payload(), "payload"));
      case STEP_MARKED_DONE ->
          new StepMarkedDone(
              step(row), actor(row), detail(row), Optional.ofNullable(row.payload()));
      case STEP_MARKED_NOT_DONE -> new StepMarkedNotDone(step(row), actor(row), detail(row));
      case COMPENSATION_SKIPPED -> new CompensationSkipped(step(row), actor(row), detail(row));
      case SAGA_FORCED_FORWARD -> new SagaForcedForward(actor(row), detail(row));
      case COMMAND_REFUSED ->
          new CommandRefused(
              CommandKind.valueOf(need(row.code(), "code")), actor(row), detail(row));
    };
  }

  private static Lineage lineage(String parent, String root) {
    return new Lineage(SagaId.parse(parent), SagaId.parse(root));
  }

  private static String step(StoredRecord row) {
    return need(row.step(), "step");
  }

  private static String detail(StoredRecord row) {
    return need(row.detail(), "detail");
  }

  private static String actor(StoredRecord row) {
    return need(row.actor(), "actor");
  }

  private static Instant due(StoredRecord row) {
    return need(row.due(), "due");
  }

  private static <T> T need(@Nullable T value, String column) {
    if (value == null) {
      throw new IllegalArgumentException("column " + column + " is empty");
    }
    return value;
  }

  /** The columns while a fact is laid into them. */
  private static final class Row {
    private final JournalRecord record;
    private @Nullable String code;
    private @Nullable String detail;
    private @Nullable Instant due;
    private @Nullable Payload payload;

    Row(JournalRecord record) {
      this.record = record;
    }

    StoredRecord step(@Nullable String step, int attempt) {
      return toRecord(step, attempt, null);
    }

    StoredRecord by(String actor, String step) {
      return toRecord(step, 0, actor);
    }

    StoredRecord actor(@Nullable String actor) {
      return toRecord(null, 0, actor);
    }

    StoredRecord toRecord() {
      return toRecord(null, 0, null);
    }

    private StoredRecord toRecord(@Nullable String step, int attempt, @Nullable String actor) {
      String kind = record.fact().kind().name();
      return new StoredRecord(
          record.seq(), record.at(), kind, step, attempt, code, detail, actor, due, payload);
    }
  }
}
