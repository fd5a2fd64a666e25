package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.RecordKind;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What isn't a proper command is refused with a clear message, and does nothing. */
class CommandRefusalTest {

  private final Shop shop = new Shop();
  private final VirtualNode node = shop.node("node-1");
  private SagaHandle saga;

  @BeforeEach
  void start() {
    saga = shop.start(node);
  }

  private void assertRefused(String by, String reason, String... message) {
    assertThatThrownBy(() -> saga.cancel(by, reason))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(message);
    assertThatThrownBy(() -> node.coordinator().retry(saga.id(), by, reason))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(message);

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(Shop.kinds(saga)).doesNotContain("COMMAND_REFUSED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "\t"})
  void givenBlankText_whenCommanded_thenRefusedByName(String blank) {
    assertRefused(blank, "reason", "by", "blank");
    assertRefused("ann", blank, "reason", "blank");
  }

  @Test
  void givenTooLongText_whenCommanded_thenRefusedWithTheLimit() {
    assertRefused("a".repeat(201), "reason", "by", "200", "201");
    assertRefused("ann", "r".repeat(1_001), "reason", "1000", "1001");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\0b", "a\nb", "a\ud800b"})
  void givenTextThatCannotBeStored_whenCommanded_thenRefused(String text) {
    assertRefused(text, "reason", "by", "control characters");
    assertRefused("ann", text, "reason", "control characters");
  }

  @Test
  void givenNulls_whenCommanded_thenRefusedByName() {
    assertThatThrownBy(() -> saga.cancel(null, "reason")).hasMessage("by");
    assertThatThrownBy(() -> saga.cancel("ann", null)).hasMessage("reason");
    assertThatThrownBy(() -> node.coordinator().cancel(null, "ann", "reason"))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("sagaId");
  }

  @Test
  void givenLongestTexts_whenCancelled_thenTheJournalHasThem() {
    shop.on("reserve", ctx -> shop.time.hang());

    saga.cancel("a".repeat(200), "r".repeat(1_000));

    assertThat(saga.await(SOON).reason().orElseThrow())
        .contains("a".repeat(200))
        .contains("r".repeat(1_000));
  }

  @Test
  void givenUnknownSaga_whenCommanded_thenRefused() {
    SagaId unknown = new SagaId(new UUID(1, 2));

    assertThatThrownBy(() -> node.coordinator().cancel(unknown, "ann", "reason"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(unknown.toString());
    assertThatThrownBy(() -> node.coordinator().retry(unknown, "ann", "reason"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(unknown.toString());
  }

  @Test
  void givenClosedCoordinator_whenCommanded_thenRefused() {
    node.coordinator().close();

    assertThatThrownBy(() -> saga.cancel("ann", "reason"))
        .isInstanceOf(CoordinatorClosedException.class);
  }

  @Test
  void givenSagaThatIsNotStuck_whenRetried_thenRefusedInTheJournal() {
    shop.on("reserve", ctx -> shop.time.hang());
    shop.time.settle();

    node.coordinator().retry(saga.id(), "ann", "hurry up");
    saga.cancel("ann", "too slow");
    saga.await(SOON);

    assertThat(saga.history())
        .filteredOn(event -> event.kind() == RecordKind.COMMAND_REFUSED)
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.detail())
                    .contains("Only a stuck saga is retried; this one is RUNNING"));
  }
}
