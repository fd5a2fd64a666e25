package io.sagaflow.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.JacksonPayloadCodec;
import io.sagaflow.PayloadContext;
import io.sagaflow.SagaDataException;
import io.sagaflow.SagaId;
import io.sagaflow.store.Payload;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PayloadsTest {

  private static final PayloadContext CONTEXT =
      PayloadContext.ofInput(SagaId.parse("01890a5d-ac96-774b-bcce-b302099a8057"));

  private final Payloads payloads = new Payloads(JacksonPayloadCodec.withDefaults(), 32);

  record Tags(Set<String> tags, List<String> names) {}

  @Test
  void givenPayloadAtTheLimit_whenEncoded_thenOneByteMoreIsRefused() {
    String fits = "x".repeat(30); // and two quotes

    assertThat(payloads.encode(fits, String.class, CONTEXT).size()).isEqualTo(32);
    assertThatThrownBy(() -> payloads.encode(fits + "x", String.class, CONTEXT))
        .isInstanceOf(SagaDataException.class)
        .hasMessageContaining("java.lang.String has 33 bytes; the limit is 32")
        .hasMessageContaining("maxPayloadBytes");
  }

  @Test
  void givenWideCharacters_whenEncoded_thenTheirBytesCount() {
    assertThatThrownBy(() -> payloads.encode("é".repeat(16), String.class, CONTEXT))
        .isInstanceOf(SagaDataException.class)
        .hasMessageContaining("has 34 bytes");
  }

  @Test
  void givenValue_whenEncoded_thenItIsDecodedEqual() {
    Payload payload = payloads.encode("hello", String.class, CONTEXT);

    assertThat(payloads.decode(payload, String.class, CONTEXT)).isEqualTo("hello");
  }

  /** The order of an immutable set differs from one process to the next. */
  @Test
  void givenSets_whenEncoded_thenTheirOrderIsNoLoss() {
    Payloads roomy = new Payloads(JacksonPayloadCodec.withDefaults(), 10_000);
    for (int size = 0; size < 40; size++) {
      Set<String> tags = new LinkedHashSet<>();
      for (int i = size; i > 0; i--) {
        tags.add("tag-" + i * 31);
      }
      Tags value = new Tags(tags, List.of());

      assertThat(roomy.decode(roomy.encode(value, Tags.class, CONTEXT), Tags.class, CONTEXT))
          .isEqualTo(value);
    }
  }

  /** A number that nobody can set. */
  static final class OneWay {
    private static final AtomicLong MADE = new AtomicLong();
    private final long made = MADE.incrementAndGet();

    public long getNumber() {
      return made;
    }
  }

  @Test
  void givenValueOfWhichSomeIsNotReadBack_whenEncoded_thenRefused() {
    OneWay value = new OneWay();

    assertThatThrownBy(() -> payloads.encode(value, OneWay.class, CONTEXT))
        .isInstanceOf(SagaDataException.class)
        .hasMessageContaining("OneWay is not the same after being written and read back");
  }

  static class Animal {
    public String name = "rex";
  }

  static final class Dog extends Animal {
    public String trick = "roll";
  }

  @Test
  void givenSubclassWithMore_whenEncodedAsItsSuperclass_thenRefused() {
    assertThatThrownBy(() -> payloads.encode(new Dog(), Animal.class, CONTEXT))
        .isInstanceOf(SagaDataException.class)
        .hasMessageContaining("not the same after being written and read back");
  }

  @Test
  void givenPayload_whenComparedWithAValue_thenItsMeaningCounts() {
    Payload spaced = Payload.ofText("{\"a\": 1, \"b\": 2}");

    assertThat(payloads.holds(spaced, Map.of("b", 2, "a", 1), CONTEXT)).isTrue();
    assertThat(payloads.holds(spaced, Map.of("a", 1), CONTEXT)).isFalse();
  }

  @Test
  void givenMutableValue_whenWritten_thenACopyOfItIsGiven() {
    Animal animal = new Animal();

    Animal copy = payloads.write(animal, Animal.class, CONTEXT).value();
    animal.name = "tom";

    assertThat(copy.name).isEqualTo("rex");
  }
}
