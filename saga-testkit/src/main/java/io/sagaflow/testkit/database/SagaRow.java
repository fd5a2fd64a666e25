package io.sagaflow.testkit.database;

import io.sagaflow.SagaStatus;
import io.sagaflow.SagaSummary;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.store.StoredSaga;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A saga's row and its journal, as they are committed. */
final class SagaRow {

  final SagaHeader header;
  final LockKey.Saga lock;
  private final List<StoredRecord> journal = new ArrayList<>(6);
  SagaStatus status = SagaStatus.RUNNING;
  @Nullable NodeId owner;

  /** When it may be claimed, while nobody owns it; null for not before a command. */
  @Nullable Instant wakeAt;

  boolean orphaned;
  int recoveries;

  /** How many commands its inbox should hold. */
  int commands;

  /** On which step it rests. */
  @Nullable String step;

  /** When it ended. */
  @Nullable Instant endedAt;

  SagaRow(SagaHeader header) {
    this.header = header;
    this.lock = new LockKey.Saga(header.id());
  }

  boolean hasRecord(long seq) {
    int size = journal.size();
    if (size == 0 || seq > journal.get(size - 1).seq()) {
      return false; // nearly always
    }
    return place(seq) < size && journal.get(place(seq)).seq() == seq;
  }

  /** Whether it holds a record as it was to be appended, and not another of that number. */
  boolean holds(StoredRecord appended) {
    for (StoredRecord record : journal) {
      if (record.seq() == appended.seq()) {
        return record.kind().equals(appended.kind())
            && Objects.equals(record.step(), appended.step())
            && record.attempt() == appended.attempt()
            && record.at().equals(appended.at());
      }
    }
    return false;
  }

  /** Adds a record, where its number belongs: as in PostgreSQL, nobody looks for gaps. */
  void add(StoredRecord record) {
    int size = journal.size();
    if (size == 0 || record.seq() > journal.get(size - 1).seq()) {
      journal.add(record);
    } else {
      journal.add(place(record.seq()), record);
    }
  }

  private int place(long seq) {
    int place = 0;
    while (place < journal.size() && journal.get(place).seq() < seq) {
      place++;
    }
    return place;
  }

  int journalSize() {
    return journal.size();
  }

  StoredSaga toStored() {
    return new StoredSaga(header, status, journal);
  }

  /** Whether nobody has anything to do with it, nor was asked to. */
  boolean isAtRest() {
    return status.isTerminal() && owner == null && wakeAt == null && commands == 0;
  }

  SagaSummary toSummary() {
    return new SagaSummary(
        header.id(),
        header.definition().name(),
        header.definition().version(),
        header.businessKey(),
        status,
        Optional.ofNullable(step),
        Optional.ofNullable(endedAt));
  }

  /** Due rows in the order in which they are claimed. */
  static int compareDue(SagaRow one, SagaRow other) {
    int byTime = wake(one).compareTo(wake(other));
    return byTime != 0 ? byTime : one.header.id().compareTo(other.header.id());
  }

  private static Instant wake(SagaRow row) {
    return row.wakeAt == null ? Instant.MAX : row.wakeAt;
  }
}
