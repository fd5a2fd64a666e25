package io.sagaflow.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCodecTest {

  private static final SagaId SAGA = new SagaId(new UUID(1, 2));

  @ParameterizedTest
  @EnumSource
  void givenRecordsOfAKind_whenWrittenAndReadBack_thenTheyAreEqual(RecordKind kind) {
    for (long seed = 0; seed < 500; seed++) {
      JournalRecord record = new RandomFacts(seed).record(kind);

      StoredRecord row = RecordCodec.write(record);

      assertThat(row.kind()).isEqualTo(kind.name());
      assertThat(RecordCodec.read(SAGA, row)).as("seed %s", seed).isEqualTo(record);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void givenAJournal_whenWrittenAndReadBack_thenItIsEqual(long seed) {
    RandomFacts facts = new RandomFacts(seed);
    List<JournalRecord> journal = new ArrayList<>();
    for (RecordKind kind : RecordKind.values()) {
      Instant at = Instant.EPOCH.plusSeconds(journal.size());
      journal.add(new JournalRecord(journal.size() + 1L, at, facts.fact(kind)));
    }

    List<StoredRecord> rows = journal.stream().map(RecordCodec::write).toList();

    assertThat(RecordCodec.readAll(SAGA, rows)).as("seed %s", seed).isEqualTo(journal);
  }

  /** Operators and the views of stores read these columns. */
  @Test
  void givenAFailure_whenWritten_thenWhatPeopleReadLiesInItsColumns() {
    Instant at = Instant.parse("2030-01-01T12:00:00Z");
    Fact fact = new Fact.ActionFailed("charge", 3, "no answer", at.plusSeconds(4));

    StoredRecord row = RecordCodec.write(new JournalRecord(9, at, fact));

    assertThat(row)
        .isEqualTo(
            new StoredRecord(
                9,
                at,
                "ACTION_FAILED",
                "charge",
                3,
                null,
                "no answer",
                null,
                at.plusSeconds(4),
                null));
  }

  @Test
  void givenACancelledSaga_whenWritten_thenCauseAndActorLieInTheirColumns() {
    Fact fact = new RandomFacts(1).fact(RecordKind.SAGA_TURNED_BACK);
    Fact.SagaTurnedBack turned = (Fact.SagaTurnedBack) fact;

    StoredRecord row = RecordCodec.write(new JournalRecord(2, Instant.EPOCH, turned));

    assertThat(row.code()).isEqualTo(turned.cause().name());
    assertThat(row.actor()).isEqualTo(turned.by().orElse(null));
    assertThat(row.detail()).isEqualTo(turned.reason());
    assertThat(row.attempt()).isZero();
  }
}
