package io.sagaflow.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What rows can't mean; each is told with its saga and its number. */
class CorruptRowsTest {

  private static final SagaId SAGA = new SagaId(new UUID(1, 2));

  /** A row with every column filled, from which a test takes one away. */
  private static StoredRecord row(RecordKind kind) {
    String code =
        switch (kind) {
          case SAGA_TURNED_BACK -> TurnCause.REJECTED.name();
          case SAGA_STUCK -> StuckCause.POISONED.name();
          case COMMAND_REFUSED -> CommandKind.CANCEL.name();
          default -> "code";
        };
    return new StoredRecord(
        7,
        Instant.EPOCH,
        kind.name(),
        "charge",
        1,
        code,
        "why",
        "ann",
        Instant.EPOCH,
        Payload.ofText("{}"));
  }

  static Stream<Arguments> missingColumns() {
    return Stream.of(
        without(RecordKind.SAGA_STARTED, "code", CorruptRowsTest::noCode),
        without(RecordKind.SAGA_STARTED, "payload", CorruptRowsTest::noPayload),
        without(RecordKind.SAGA_RESUMED, "actor", CorruptRowsTest::noActor),
        without(RecordKind.STEP_STARTED, "step", CorruptRowsTest::noStep),
        without(RecordKind.STEP_COMPLETED, "step", CorruptRowsTest::noStep),
        without(RecordKind.ACTION_FAILED, "step", CorruptRowsTest::noStep),
        without(RecordKind.ACTION_FAILED, "detail", CorruptRowsTest::noDetail),
        without(RecordKind.ACTION_FAILED, "due", CorruptRowsTest::noDue),
        without(RecordKind.STEP_REJECTED, "step", CorruptRowsTest::noStep),
        without(RecordKind.STEP_REJECTED, "detail", CorruptRowsTest::noDetail),
        without(RecordKind.STEP_UNKNOWN, "step", CorruptRowsTest::noStep),
        without(RecordKind.STEP_UNKNOWN, "detail", CorruptRowsTest::noDetail),
        without(RecordKind.SAGA_TURNED_BACK, "code", CorruptRowsTest::noCode),
        without(RecordKind.SAGA_TURNED_BACK, "detail", CorruptRowsTest::noDetail),
        without(RecordKind.STEP_COMPENSATED, "step", CorruptRowsTest::noStep),
        without(RecordKind.COMPENSATION_FAILED, "step", CorruptRowsTest::noStep),
        without(RecordKind.COMPENSATION_FAILED, "detail", CorruptRowsTest::noDetail),
        without(RecordKind.COMPENSATION_FAILED, "due", CorruptRowsTest::noDue),
        without(RecordKind.SAGA_STUCK, "code", CorruptRowsTest::noCode),
        without(RecordKind.SAGA_STUCK, "detail", CorruptRowsTest::noDetail),
        without(RecordKind.SAGA_RETRIED, "actor", CorruptRowsTest::noActor),
        without(RecordKind.SAGA_RETRIED, "detail", CorruptRowsTest::noDetail),
        without(RecordKind.SIGNAL_RECEIVED, "step", CorruptRowsTest::noStep),
        without(RecordKind.SIGNAL_RECEIVED, "code", CorruptRowsTest::noCode),
        without(RecordKind.SIGNAL_RECEIVED, "actor", CorruptRowsTest::noActor),
        without(RecordKind.SIGNAL_RECEIVED, "payload", CorruptRowsTest::noPayload),
        without(RecordKind.STEP_MARKED_DONE, "step", CorruptRowsTest::noStep),
        without(RecordKind.STEP_MARKED_DONE, "actor", CorruptRowsTest::noActor),
        without(RecordKind.STEP_MARKED_DONE, "detail", CorruptRowsTest::noDetail),
        without(RecordKind.STEP_MARKED_NOT_DONE, "step", CorruptRowsTest::noStep),
        without(RecordKind.STEP_MARKED_NOT_DONE, "actor", CorruptRowsTest::noActor),
        without(RecordKind.STEP_MARKED_NOT_DONE, "detail", CorruptRowsTest::noDetail),
        without(RecordKind.COMPENSATION_SKIPPED, "step", CorruptRowsTest::noStep),
        without(RecordKind.COMPENSATION_SKIPPED, "actor", CorruptRowsTest::noActor),
        without(RecordKind.COMPENSATION_SKIPPED, "detail", CorruptRowsTest::noDetail),
        without(RecordKind.SAGA_FORCED_FORWARD, "actor", CorruptRowsTest::noActor),
        without(RecordKind.SAGA_FORCED_FORWARD, "detail", CorruptRowsTest::noDetail),
        without(RecordKind.COMMAND_REFUSED, "code", CorruptRowsTest::noCode),
        without(RecordKind.COMMAND_REFUSED, "actor", CorruptRowsTest::noActor),
        without(RecordKind.COMMAND_REFUSED, "detail", CorruptRowsTest::noDetail));
  }

  @ParameterizedTest(name = "{0} without {1}")
  @MethodSource("missingColumns")
  void givenRowThatLacksWhatItsKindNeeds_whenRead_thenSagaRecordAndColumnAreTold(
      RecordKind kind, String column, UnaryOperator<StoredRecord> spoil) {
    CorruptJournalException failure = readFailing(spoil.apply(row(kind)));

    assertThat(failure)
        .hasMessageContaining("Record 7 (" + kind + ") of saga " + SAGA)
        .hasMessageContaining("column " + column + " is empty");
    assertThat(failure.sagaId()).contains(SAGA);
  }

  @ParameterizedTest
  @MethodSource("codedKinds")
  void givenRowWithAWordOfAnotherList_whenRead_thenSagaRecordAndWordAreTold(RecordKind kind) {
    assertThat(readFailing(withCode(row(kind), "MOOD")))
        .hasMessageContaining("Record 7 (" + kind + ") of saga " + SAGA)
        .hasMessageContaining("MOOD");
  }

  static Stream<RecordKind> codedKinds() {
    return Stream.of(
        RecordKind.SAGA_TURNED_BACK, RecordKind.SAGA_STUCK, RecordKind.COMMAND_REFUSED);
  }

  @Test
  void givenKindThatNobodyKnows_whenRead_thenSagaRecordAndKindAreTold() {
    StoredRecord row =
        new StoredRecord(7, Instant.EPOCH, "STEP_PAINTED", null, 0, null, null, null, null, null);

    assertThat(readFailing(row)).hasMessageContaining("Record 7 (STEP_PAINTED) of saga " + SAGA);
  }

  @Test
  void givenRecordNumberedBelowOne_whenRead_thenItIsTold() {
    StoredRecord row =
        new StoredRecord(0, Instant.EPOCH, "SAGA_COMPLETED", null, 0, null, null, null, null, null);

    assertThat(readFailing(row)).hasMessageContaining("Record 0 (SAGA_COMPLETED) of saga " + SAGA);
  }

  @Test
  void givenGapInAJournal_whenRead_thenBothNumbersAreTold() {
    List<StoredRecord> rows =
        List.of(written(1, RecordKind.SAGA_STARTED), written(3, RecordKind.SAGA_COMPLETED));

    assertThatThrownBy(() -> RecordCodec.readAll(SAGA, rows))
        .isInstanceOf(CorruptJournalException.class)
        .hasMessageContaining("saga " + SAGA)
        .hasMessageContaining("record 3 where record 2 belongs");
  }

  @Test
  void givenRecordTwice_whenTheJournalIsRead_thenItIsTold() {
    List<StoredRecord> rows =
        List.of(written(1, RecordKind.SAGA_STARTED), written(1, RecordKind.SAGA_STARTED));

    assertThatThrownBy(() -> RecordCodec.readAll(SAGA, rows))
        .isInstanceOf(CorruptJournalException.class)
        .hasMessageContaining("record 1 where record 2 belongs");
  }

  static Stream<List<StoredRecord>> withoutBeginning() {
    return Stream.of(List.of(), List.of(written(1, RecordKind.SAGA_COMPLETED)));
  }

  @ParameterizedTest
  @MethodSource("withoutBeginning")
  void givenJournalWithoutItsBeginning_whenRead_thenItIsTold(List<StoredRecord> rows) {
    assertThatThrownBy(() -> RecordCodec.readAll(SAGA, rows))
        .isInstanceOf(CorruptJournalException.class)
        .hasMessageContaining("Journal of saga " + SAGA + " doesn't begin with SAGA_STARTED");
  }

  private static CorruptJournalException readFailing(StoredRecord row) {
    return catchThrowableOfType(CorruptJournalException.class, () -> RecordCodec.read(SAGA, row));
  }

  private static StoredRecord written(long seq, RecordKind kind) {
    Fact fact = new RandomFacts(seq).fact(kind);
    return RecordCodec.write(new JournalRecord(seq, Instant.EPOCH, fact));
  }

  private static Arguments without(
      RecordKind kind, String column, UnaryOperator<StoredRecord> spoil) {
    return arguments(kind, column, spoil);
  }

  private static StoredRecord noStep(StoredRecord r) {
    return new StoredRecord(
        r.seq(), r.at(), r.kind(), null, 1, r.code(), r.detail(), r.actor(), r.due(), r.payload());
  }

  private static StoredRecord noCode(StoredRecord r) {
    return withCode(r, null);
  }

  private static StoredRecord withCode(StoredRecord r, String code) {
    return new StoredRecord(
        r.seq(), r.at(), r.kind(), r.step(), 1, code, r.detail(), r.actor(), r.due(), r.payload());
  }

  private static StoredRecord noDetail(StoredRecord r) {
    return new StoredRecord(
        r.seq(), r.at(), r.kind(), r.step(), 1, r.code(), null, r.actor(), r.due(), r.payload());
  }

  private static StoredRecord noActor(StoredRecord r) {
    return new StoredRecord(
        r.seq(), r.at(), r.kind(), r.step(), 1, r.code(), r.detail(), null, r.due(), r.payload());
  }

  private static StoredRecord noDue(StoredRecord r) {
    return new StoredRecord(
        r.seq(), r.at(), r.kind(), r.step(), 1, r.code(), r.detail(), r.actor(), null, r.payload());
  }

  private static StoredRecord noPayload(StoredRecord r) {
    return new StoredRecord(
        r.seq(), r.at(), r.kind(), r.step(), 1, r.code(), r.detail(), r.actor(), r.due(), null);
  }
}
