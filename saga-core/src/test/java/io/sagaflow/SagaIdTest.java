package io.sagaflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SagaIdTest {

  private static final String TEXT = "01890a5d-ac96-774b-bcce-b302099a8057";

  @Test
  void givenAnId_whenItsTextIsParsed_thenItIsTheSame() {
    SagaId id = new SagaId(UUID.fromString(TEXT));

    assertThat(SagaId.parse(id.toString())).isEqualTo(id);
    assertThat(SagaId.parse(TEXT.toUpperCase(Locale.ROOT))).isEqualTo(id);
    assertThat(id).hasToString(TEXT);
  }

  /** {@link UUID#fromString} takes some of these, and so finds an id that nobody meant. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "order-42",
        "1-2-3-4-5",
        "01890a5d-ac96-774b-bcce-b302099a805",
        "01890a5d-ac96-774b-bcce-b302099a80570",
        "01890a5dac96774bbcceb302099a8057",
        " 01890a5d-ac96-774b-bcce-b302099a8057"
      })
  void givenTextThatIsNoUuid_whenParsed_thenRefusedWithTheText(String text) {
    assertThatThrownBy(() -> SagaId.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void givenIds_whenOrdered_thenTheirBitsCountUnsigned() {
    SagaId low = new SagaId(new UUID(0x7fff_ffff_ffff_ffffL, 1));
    SagaId high = new SagaId(new UUID(0x8000_0000_0000_0000L, 0));
    SagaId highest = new SagaId(new UUID(0x8000_0000_0000_0000L, -1));

    assertThat(low).isLessThan(high);
    assertThat(high).isLessThan(highest);
    assertThat(high).isEqualByComparingTo(new SagaId(high.value()));
  }

  @Test
  void givenNull_whenCreated_thenRefused() {
    assertThatThrownBy(() -> new SagaId(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("value");
  }

  @Test
  void givenAnId_whenSerialized_thenItIsReadBack() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(SagaId.parse(TEXT));
    }

    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(SagaId.parse(TEXT));
    }
  }

  @Test
  void givenAnId_whenItsTimeIsRead_thenItIsTheMillisecond() {
    assertThat(SagaId.parse("0199d1b5-4c00-7abc-8def-000000000001").madeAt())
        .isEqualTo(Instant.ofEpochMilli(0x0199d1b54c00L));
  }

  @Test
  void givenABound_whenCompared_thenItPartsWhatIsEarlierFromWhatIsNot() {
    SagaId bound = SagaId.boundAt(Instant.ofEpochMilli(0x0199d1b54c00L).plusNanos(999_999));

    assertThat(bound).isLessThan(SagaId.parse("0199d1b5-4c00-7000-8000-000000000000"));
    assertThat(bound).isGreaterThan(SagaId.parse("0199d1b5-4bff-7fff-bfff-ffffffffffff"));
  }

  @Test
  void givenAnInstantThatNoIdHolds_whenBounded_thenItIsBelowOrAboveAll() {
    assertThat(SagaId.boundAt(Instant.MIN)).isEqualTo(new SagaId(new UUID(0, 0)));
    assertThat(SagaId.boundAt(Instant.MAX)).isEqualTo(new SagaId(new UUID(-1, -1)));
    assertThat(SagaId.boundAt(Instant.ofEpochMilli((1L << 48) - 1)))
        .isLessThan(new SagaId(new UUID(-1, -1)));
  }
}
