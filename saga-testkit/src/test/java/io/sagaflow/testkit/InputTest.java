package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaDataException;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What may be a saga's input: data that the codec writes and reads back without loss. */
class InputTest {

  private final Shop shop = new Shop();
  private final List<Object> seen = new ArrayList<>();

  /** Has nothing that Jackson would write. */
  static final class Opaque {}

  static final class Node {
    public Node next;
  }

  /** Is written, but has no constructor by which it could be read. */
  static final class WriteOnly {
    private final int value;

    WriteOnly(int value) {
      this.value = value;
    }

    public int getValue() {
      return value;
    }
  }

  /** Has a property that is written and not read. */
  static final class Lossy {
    private int hidden = 7;

    public int getSecret() {
      return hidden;
    }

    Lossy secret(int value) {
      hidden = value;
      return this;
    }
  }

  static final class Mutable {
    public List<String> names = new ArrayList<>();
  }

  record Tags(Set<String> tags) {}

  private <I> SagaDefinition<I> noting(Class<I> inputType) {
    return SagaDefinition.named("noting", inputType)
        .step("note")
        .action(ctx -> seen.add(ctx.input()))
        .readOnly()
        .build();
  }

  private <I> SagaHandle start(Class<I> type, I input) {
    SagaDefinition<I> definition = noting(type);
    VirtualNode node = shop.time.start(shop.builder("node-1").register(definition));
    return node.coordinator().start(definition, "key", input);
  }

  private <I> void assertRefused(Class<I> type, I input, String... message) {
    assertThatThrownBy(() -> start(type, input))
        .isInstanceOf(SagaDataException.class)
        .hasMessageContaining(type.getName())
        .hasMessageContainingAll(message);

    assertThat(shop.store.find("noting", "key")).isEmpty();
    assertThat(seen).isEmpty();
  }

  @Test
  void givenInputThatCannotBeWritten_whenStarted_thenRefusedAndNothingIsWritten() {
    assertRefused(Opaque.class, new Opaque(), "can't be written as JSON");
  }

  @Test
  void givenInputThatRefersToItself_whenStarted_thenRefusedAndNothingIsWritten() {
    Node ring = new Node();
    ring.next = ring;

    assertRefused(Node.class, ring, "can't be written as JSON");
  }

  @Test
  void givenInputThatCannotBeReadBack_whenStarted_thenRefusedAndNothingIsWritten() {
    assertRefused(WriteOnly.class, new WriteOnly(7), "can't be read back");
  }

  @Test
  void givenInputThatIsAnotherAfterReading_whenStarted_thenRefusedAndNothingIsWritten() {
    assertRefused(Lossy.class, new Lossy().secret(8), "not the same after being written and read");
  }

  @Test
  void givenTooLargeInput_whenStarted_thenRefusedWithSizeAndLimit() {
    SagaDefinition<String> definition = noting(String.class);
    VirtualNode node =
        shop.time.start(shop.builder("node-1").register(definition).maxPayloadBytes(100));

    assertThatThrownBy(() -> node.coordinator().start(definition, "key", "x".repeat(99)))
        .isInstanceOf(SagaDataException.class)
        .hasMessageContainingAll("101 bytes", "100", "maxPayloadBytes");
    assertThat(shop.store.find("noting", "key")).isEmpty();
  }

  @Test
  void givenInputOfTheLargestSize_whenStarted_thenItRuns() {
    SagaDefinition<String> definition = noting(String.class);
    VirtualNode node =
        shop.time.start(shop.builder("node-1").register(definition).maxPayloadBytes(100));

    SagaHandle saga = node.coordinator().start(definition, "key", "x".repeat(98));

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenSet_whenReadBackInAnotherOrder_thenItIsTheSameInput() {
    Tags tags = new Tags(Set.of("kettle", "apple", "zebra", "lamp", "door", "Aa", "BB"));

    SagaHandle saga = start(Tags.class, tags);

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(seen).containsExactly(tags);
  }

  @Test
  void givenMutableInput_whenChangedAfterTheStart_thenTheSagaSeesItAsItWas() {
    Mutable input = new Mutable();
    input.names.add("before");
    SagaHandle saga = start(Mutable.class, input);

    input.names.add("after");
    saga.await(SOON);

    assertThat(((Mutable) seen.get(0)).names).containsExactly("before");
  }
}
