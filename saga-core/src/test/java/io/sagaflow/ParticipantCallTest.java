package io.sagaflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.ParticipantCall.Direction;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What travels in the headers of a request. */
class ParticipantCallTest {

  private static final SagaId SAGA = SagaId.parse("01890a5d-ac96-774b-bcce-b302099a8057");

  private static ParticipantCall call(Direction direction) {
    return new ParticipantCall(SAGA, "charge-payment", direction, SAGA + ":charge-payment");
  }

  private static Map<String, String> headers() {
    return new HashMap<>(call(Direction.ACTION).headers());
  }

  @ParameterizedTest
  @EnumSource
  void givenACall_whenItHasTravelledInHeaders_thenItIsTheSame(Direction direction) {
    ParticipantCall call = call(direction);

    assertThat(ParticipantCall.fromHeaders(call.headers())).isEqualTo(call);
    assertThat(ParticipantCall.fromHeaders(call.headers()::get)).isEqualTo(call);
  }

  /** They are a protocol between versions: whoever changes them breaks participants. */
  @Test
  void givenACall_whenItsHeadersAreRead_thenTheyAreThese() {
    assertThat(call(Direction.COMPENSATION).headers())
        .containsExactly(
            Map.entry("Sagaflow-Saga-Id", SAGA.toString()),
            Map.entry("Sagaflow-Step", "charge-payment"),
            Map.entry("Sagaflow-Direction", "compensation"),
            Map.entry("Idempotency-Key", SAGA + ":charge-payment"));
  }

  /** As HTTP/2 does, and some gateways. */
  @Test
  void givenHeadersInAnyCase_whenRead_thenTheyAreFound() {
    Map<String, String> lower = new TreeMap<>();
    headers().forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    Map<String, String> upper = new TreeMap<>();
    headers().forEach((name, value) -> upper.put(name.toUpperCase(Locale.ROOT), " " + value + " "));

    assertThat(List.of(ParticipantCall.fromHeaders(lower), ParticipantCall.fromHeaders(upper)))
        .containsOnly(call(Direction.ACTION));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Sagaflow-Saga-Id", "Sagaflow-Step", "Sagaflow-Direction", "Idempotency-Key"})
  void givenAHeaderThatIsMissingOrBlank_whenRead_thenTheMessageNamesIt(String name) {
    Map<String, String> without = headers();
    without.remove(name);
    Map<String, String> blank = headers();
    blank.put(name, " ");

    for (Map<String, String> bad : List.of(without, blank)) {
      assertThatThrownBy(() -> ParticipantCall.fromHeaders(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("The request has no header " + name);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Sagaflow-Saga-Id, order-42, UUID",
    "Sagaflow-Step, charge payment, 1 to 100 characters",
    "Sagaflow-Direction, backwards, action or compensation",
    "Idempotency-Key, a b, visible ASCII",
  })
  void givenAHeaderOfAnotherForm_whenRead_thenTheMessageNamesItAndItsForm(
      String name, String value, String form) {
    Map<String, String> bad = headers();
    bad.put(name, value);

    assertThatThrownBy(() -> ParticipantCall.fromHeaders(bad))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Header " + name + ": ")
        .hasMessageContaining(form);
  }

  @Test
  void givenAHeaderTwice_whenItsValuesDiffer_thenRefused() {
    Map<String, String> twice = headers();
    twice.put("sagaflow-step", "refund");

    assertThatThrownBy(() -> ParticipantCall.fromHeaders(twice))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two headers")
        .hasMessageContainingAll("agaflow-", "tep");
  }

  /** A line break would begin another header. */
  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\r\nX-Admin: true", "schlüssel"})
  void givenAKeyThatIsNoHeaderValue_whenCreated_thenRefused(String key) {
    assertThatThrownBy(() -> new ParticipantCall(SAGA, "step", Direction.ACTION, key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("idempotency key");
  }

  @Test
  void givenTheLongestKey_whenOneIsLonger_thenOnlyThatIsRefused() {
    String longest = "k".repeat(200);

    assertThat(new ParticipantCall(SAGA, "step", Direction.ACTION, longest).idempotencyKey())
        .isEqualTo(longest);
    assertThatThrownBy(() -> new ParticipantCall(SAGA, "step", Direction.ACTION, longest + "k"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
