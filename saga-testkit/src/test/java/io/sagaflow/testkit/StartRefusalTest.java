package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.ORDER;
import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StartResult;
import io.sagaflow.testkit.Shop.Order;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What isn't a proper start is refused with a clear message, and leaves nothing behind. */
class StartRefusalTest {

  private final Shop shop = new Shop();
  private final CountingStore store = new CountingStore();
  private final VirtualNode node = shop.time.start(shop.builder("node-1", store));
  private int expectedStarts;

  private final class CountingStore extends ForwardingStore {
    private int starts;

    CountingStore() {
      super(shop.store);
    }

    @Override
    public CompletionStage<StartResult> start(NodeId owner, NewSaga saga) {
      starts++;
      return super.start(owner, saga);
    }
  }

  @AfterEach
  void nothingElseWasStarted() {
    shop.time.settle();
    assertThat(store.starts).isEqualTo(expectedStarts);
    assertThat(shop.calls).hasSize(5 * expectedStarts);
  }

  private void assertRefused(String key, String... message) {
    assertThatThrownBy(() -> node.coordinator().start(shop.placeOrder, key, ORDER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("businessKey")
        .hasMessageContainingAll(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t", " \n "})
  void givenBlankKey_whenStarted_thenRefused(String key) {
    assertRefused(key, "blank");
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 10_240})
  void givenTooLongKey_whenStarted_thenRefusedWithTheLimitAndTheLength(int length) {
    assertRefused("k".repeat(length), "200", Integer.toString(length));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\0b", "a\nb", "a\u0007b", "a\u007fb", "a\u0085b"})
  void givenControlCharacterInKey_whenStarted_thenRefused(String key) {
    assertRefused(key, "control characters");
  }

  @ParameterizedTest
  @ValueSource(ints = {0xD800, 0xDFFF})
  void givenUnpairedSurrogateInKey_whenStarted_thenRefused(int surrogate) {
    assertRefused("a" + (char) surrogate + "b", "surrogates");
  }

  @Test
  void givenLongestKey_whenStarted_thenItRuns() {
    SagaHandle saga = node.coordinator().start(shop.placeOrder, "k".repeat(200), ORDER);
    expectedStarts = 1;

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"naïve", "заказ-42", "注文", "🎯🎯", "a'b\"c\\d%_", " padded "})
  void givenUnusualKey_whenStarted_thenItRunsAndIsFoundAgain(String key) {
    SagaHandle saga = node.coordinator().start(shop.placeOrder, key, ORDER);
    expectedStarts = 1;

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(node.coordinator().find("place-order", key).map(SagaHandle::id)).contains(saga.id());
  }

  @Test
  void givenNulls_whenStarted_thenRefusedByName() {
    assertThatThrownBy(() -> node.coordinator().start(null, "key", ORDER))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("definition");
    assertThatThrownBy(() -> node.coordinator().start(shop.placeOrder, null, ORDER))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("businessKey");
    assertThatThrownBy(() -> node.coordinator().start(shop.placeOrder, "key", null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("input");
  }

  @Test
  void givenUnregisteredDefinition_whenStarted_thenRefusedWithWhatIsRegistered() {
    SagaDefinition<Order> other = shop.define("other", RetryPolicy.none());

    assertThatThrownBy(() -> node.coordinator().start(other, "key", ORDER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("other v1", "isn't registered", "place-order v1", "register(");
  }

  @Test
  void givenAnotherObjectOfARegisteredName_whenStarted_thenRefused() {
    SagaDefinition<Order> twin = shop.define("place-order", RetryPolicy.none());

    assertThatThrownBy(() -> node.coordinator().start(twin, "key", ORDER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("place-order v1", "the object that was registered");
  }

  @Test
  void givenRegisteredDefinition_whenRegisteredAgain_thenRefused() {
    SagaCoordinatorBuilder builder = shop.builder("node-2");

    assertThatThrownBy(() -> builder.register(shop.placeOrder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("place-order v1", "already");
  }

  @Test
  void givenClosedCoordinator_whenStarted_thenRefused() {
    node.coordinator().close();

    assertThatThrownBy(() -> shop.start(node))
        .isInstanceOf(CoordinatorClosedException.class)
        .hasMessageContainingAll("node-1", "closed");
  }
}
