package io.sagaflow.jdbc;

import io.sagaflow.SagaStatus;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.Payload;
import io.sagaflow.store.Release;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.StoredRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the parts of a batch's statement are given: columns, in the order of their parameters. */
final class BatchRows {

  /** What each record has, beside the saga that it belongs to, and what few have. */
  private static final int PLAIN_VALUES = 6;

  private static final int DETAILS = 4;

  private BatchRows() {}

  /** The columns of a part; those of new rows are arrays, or values in each row. */
  static List<Column> of(BatchPart part, Batch batch, boolean arrays) {
    Supplier<Column> column = arrays ? Column::array : Column::values;
    return switch (part) {
      case STARTED -> starts(batch, column);
      case JOURNALED -> records(batch, column, PLAIN_VALUES);
      case DETAILED -> records(batch, column, PLAIN_VALUES + DETAILS);
      case CONSUMED -> consumed(batch);
      case ENDED -> ends(batch);
      case UNLOCKED -> unlocked(batch);
      case CHANGED -> changes(batch);
    };
  }

  private static List<Column> starts(Batch batch, Supplier<Column> column) {
    Column id = column.get();
    Column definition = column.get();
    Column version = column.get();
    Column key = column.get();
    for (Write write : batch.writes()) {
      NewSaga start = write.start();
      if (start != null) {
        DefinitionRef ref = start.header().definition();
        id.add(write.sagaId().value());
        definition.add(ref.name());
        version.add(ref.version());
        key.add(start.header().businessKey());
      }
    }
    return List.of(id, definition, version, key);
  }

  private static List<Column> records(Batch batch, Supplier<Column> column, int values) {
    Column id = column.get();
    List<Column> columns = Stream.generate(column).limit(values).toList();
    for (Write write : batch.writes()) {
      for (StoredRecord record : write.records()) {
        id.add(write.sagaId().value());
        addRecord(columns, record);
      }
    }
    return Stream.concat(Stream.of(id), columns.stream()).toList();
  }

  /** The values of a record as parameters of one row, in the order of {@link BatchPart}. */
  static List<Column> values(StoredRecord record) {
    List<Column> columns = Stream.generate(Column::values).limit(PLAIN_VALUES + DETAILS).toList();
    addRecord(columns, record);
    return columns;
  }

  private static void addRecord(List<Column> columns, StoredRecord record) {
    Payload payload = record.payload();
    columns.get(0).add(record.seq());
    columns.get(1).add(record.at());
    columns.get(2).add(record.kind());
    columns.get(3).add(record.step());
    columns.get(4).add(record.attempt());
    columns.get(5).add(payload == null ? null : payload.bytes());
    if (columns.size() > PLAIN_VALUES) {
      columns.get(6).add(record.code());
      columns.get(7).add(record.detail());
      columns.get(8).add(record.actor());
      columns.get(9).add(record.due());
    }
  }

  private static List<Column> consumed(Batch batch) {
    Column commands = Column.array();
    Column ended = Column.array();
    for (Write write : batch.writes()) {
      SagaAppend append = write.append();
      if (append != null) {
        append.consumed().forEach(commands::add);
        if (write.ends()) {
          ended.add(append.sagaId().value());
        }
      }
    }
    return List.of(commands, ended);
  }

  /** In the order of the batch, which is that of the ids: the statement searches in them. */
  private static List<Column> ends(Batch batch) {
    Column id = Column.array();
    Column status = Column.array();
    Column endedAt = Column.array();
    for (Write write : batch.writes()) {
      SagaAppend append = write.append();
      if (append != null && write.ends()) {
        id.add(append.sagaId().value());
        status.add(append.status().map(SagaStatus::name).orElseThrow());
        endedAt.add(append.endedAt().orElse(null));
      }
    }
    return List.of(id, status, endedAt, id);
  }

  private static List<Column> unlocked(Batch batch) {
    Column id = Column.array();
    batch.writes().stream().filter(Write::unlocks).forEach(end -> id.add(end.sagaId().value()));
    return List.of(id);
  }

  private static List<Column> changes(Batch batch) {
    Column id = Column.array();
    Column status = Column.array();
    Column released = Column.array();
    Column wakeAt = Column.array();
    Column progress = Column.array();
    Column step = Column.array();
    for (Write write : batch.writes()) {
      SagaAppend append = write.append();
      if (append != null && append.changesSaga() && !write.ends()) {
        Optional<Instant> wake = append.release().flatMap(release -> release.wakeAt());
        id.add(append.sagaId().value());
        status.add(append.status().map(SagaStatus::name).orElse(null));
        released.add(append.release().isPresent());
        wakeAt.add(wake.orElse(null));
        progress.add(append.progress());
        step.add(append.release().flatMap(Release::step).orElse(null));
      }
    }
    return List.of(id, status, released, wakeAt, progress, step);
  }
}
