package io.sagaflow.testkit;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaId;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.Payload;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StoredRecord;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows for the tests of stores, which don't look into them. */
final class Rows {

  private static final Instant AT = Instant.parse("2030-01-01T11:59:59.987654Z");

  private Rows() {}

  static NewSaga newSaga(DefinitionRef definition, String key) {
    return newSaga(new SagaId(UUID.randomUUID()), definition, key);
  }

  static NewSaga newSaga(SagaId id, DefinitionRef definition, String key) {
    SagaHeader header = new SagaHeader(id, definition, key);
    Payload input = Payload.ofText("{\"orderId\":\"42\"}");
    return new NewSaga(
        header, row(1, RecordKind.SAGA_STARTED, null, "0123456789abcdef", null, input));
  }

  static StoredRecord stepCompleted(long seq, String step) {
    return row(seq, RecordKind.STEP_COMPLETED, step, null, null, Payload.ofText("{}"));
  }

  static StoredRecord turnedBack(long seq) {
    return row(seq, RecordKind.SAGA_TURNED_BACK, null, "REJECTED", "refused", null);
  }

  static StoredRecord completed(long seq) {
    return row(seq, RecordKind.SAGA_COMPLETED, null, null, null, null);
  }

  static StoredRecord compensated(long seq) {
    return row(seq, RecordKind.SAGA_COMPENSATED, null, null, null, null);
  }

  static StoredRecord stuck(long seq, @Nullable String step) {
    return row(seq, RecordKind.SAGA_STUCK, step, "COMPENSATION_FAILED", "used up", null);
  }

  static StoredRecord retried(long seq) {
    return row(seq, RecordKind.SAGA_RETRIED, null, null, "mended", null);
  }

  static StoredRecord at(Instant instant, StoredRecord row) {
    return new StoredRecord(
        row.seq(),
        instant,
        row.kind(),
        row.step(),
        row.attempt(),
        row.code(),
        row.detail(),
        row.actor(),
        row.due(),
        row.payload());
  }

  /** Rows in which every column is set at least once, to what is hard to keep. */
  static List<StoredRecord> withEveryColumn(long seq) {
    byte[] allBytes = new byte[256];
    for (int i = 0; i < allBytes.length; i++) {
      allBytes[i] = (byte) i;
    }
    String text = "naïve 🎯 \"quoted\" 'single' \\ \n\t,{}";
    return List.of(
        new StoredRecord(
            seq,
            Instant.parse("2029-12-31T23:59:59.999999Z"),
            "ACTION_FAILED",
            "step-with-a-name",
            Integer.MAX_VALUE,
            "CODE",
            text,
            "Zoë",
            Instant.parse("1999-12-31T23:59:59.000001Z"),
            Payload.of(allBytes)),
        new StoredRecord(
            seq + 1, AT, "A_KIND_OF_THE_FUTURE", "", 0, "", "", "", AT, Payload.of(new byte[0])),
        new StoredRecord(seq + 2, AT, "SAGA_RESUMED", null, 0, null, null, null, null, null),
        new StoredRecord(seq + 3, AT, "STEP_COMPLETED", "big", 1, null, null, null, null, big()));
  }

  private static Payload big() {
    return Payload.of(new byte[1 << 20]);
  }

  private static StoredRecord row(
      long seq,
      RecordKind kind,
      @Nullable String step,
      @Nullable String code,
      @Nullable String detail,
      @Nullable Payload payload) {
    return new StoredRecord(seq, AT, kind.name(), step, 0, code, detail, null, null, payload);
  }
}
