package io.sagaflow.benchmarks;

import io.sagaflow.SagaId;
import io.sagaflow.store.Fact;
import io.sagaflow.store.JournalRecord;
import io.sagaflow.store.Payload;
import io.sagaflow.store.RecordCodec;
import io.sagaflow.store.StoredRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The journal's format: the records of a saga of three steps, written as rows and read back. */
@State(Scope.Benchmark)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class JournalCodec {

  static final int RECORDS = 5;

  private final SagaId saga = new SagaId(TimeOrderedIds.next());
  private final List<JournalRecord> journal = journal(Instant.EPOCH);

  /**
   * Writes and reads a journal.
   *
   * @return the records, equal to those that were written
   */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public List<JournalRecord> records() {
    List<StoredRecord> rows = new ArrayList<>(RECORDS);
    for (JournalRecord record : journal) {
      rows.add(RecordCodec.write(record));
    }
    return RecordCodec.readAll(saga, rows);
  }

  private static List<JournalRecord> journal(Instant at) {
    Payload payload = Payload.ofText("{\"reference\":\"order-1/step-1\"}");
    return List.of(
        new JournalRecord(1, at, new Fact.SagaStarted("fingerprint", payload, Optional.empty())),
        new JournalRecord(2, at, new Fact.StepCompleted("step-1", 1, Optional.of(payload))),
        new JournalRecord(3, at, new Fact.StepCompleted("step-2", 1, Optional.of(payload))),
        new JournalRecord(4, at, new Fact.StepCompleted("step-3", 1, Optional.of(payload))),
        new JournalRecord(5, at, new Fact.SagaCompleted()));
  }
}
