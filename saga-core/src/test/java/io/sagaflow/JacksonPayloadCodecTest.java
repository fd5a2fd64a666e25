package io.sagaflow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JacksonPayloadCodecTest {

  private static final PayloadContext CONTEXT =
      PayloadContext.ofInput(SagaId.parse("01890a5d-ac96-774b-bcce-b302099a8057"));

  private final JacksonPayloadCodec codec = JacksonPayloadCodec.withDefaults();

  record Line(String sku, int quantity, BigDecimal price) {}

  record Order(String id, List<Line> lines, Map<String, Long> stock, @Nullable String note) {}

  record Times(Instant at, LocalDate day, Duration pause) {}

  record Tags(Set<Line> lines, Set<String> names, Set<Set<Integer>> groups, Object any) {}

  record Names(List<String> names) {}

  record Positive(int amount) {
    Positive {
      if (amount <= 0) {
        throw new IllegalArgumentException("amount must be positive");
      }
    }
  }

  @Test
  void givenRecords_whenWrittenAndReadBack_thenTheyAreEqual() {
    List<Line> lines = List.of(new Line("s-1", 2, new BigDecimal("9.90")));
    Order order = new Order("ключ 🔑", lines, Map.of("s-1", Long.MAX_VALUE), null);

    assertThat(decode(encode(order), Order.class)).isEqualTo(order);
  }

  @Test
  void givenModuleForJavaTimeOnTheClassPath_whenWritten_thenTimesAreIsoAndReadBackEqual() {
    Times times =
        new Times(
            Instant.parse("2030-01-01T12:00:00.123456789Z"),
            LocalDate.of(2030, 1, 2),
            Duration.ofMillis(1_500));

    byte[] bytes = encode(times);

    assertThat(new String(bytes, UTF_8))
        .contains("\"2030-01-01T12:00:00.123456789Z\"", "\"2030-01-02\"");
    assertThat(decode(bytes, Times.class)).isEqualTo(times);
  }

  @Test
  void givenPropertyOfANewerVersion_whenRead_thenItIsIgnored() {
    byte[] newer = json("{'amount':3,'currency':'EUR','nested':{'a':[1]}}");

    assertThat(decode(newer, Positive.class)).isEqualTo(new Positive(3));
  }

  static final class Gadget {
    static int made;

    public Gadget() {
      made++;
    }
  }

  record Holder(@Nullable Object anything) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'anything':{'@class':'CLASS'}}",
        "{'anything':['CLASS',{}]}",
        "{'anything':{'@type':'CLASS','type':'CLASS'}}",
        "{'@class':'CLASS','anything':1}"
      })
  void givenPayloadThatNamesAClass_whenRead_thenNothingOfItIsMade(String payload) {
    String named = payload.replace("CLASS", Gadget.class.getName());

    Holder holder = decode(json(named), Holder.class);

    assertThat(holder.anything()).isNotInstanceOf(Gadget.class);
    assertThat(Gadget.made).isZero();
  }

  @Test
  void givenValueThatCantBeWritten_whenWritten_thenItsClassAndTheReasonAreTold() {
    Object empty = new Object();

    assertThatThrownBy(() -> encode(empty))
        .isInstanceOf(SagaDataException.class)
        .hasMessageContaining("A value of java.lang.Object can't be written as JSON")
        .hasMessageContaining("No serializer found");
  }

  static final class Circle {
    public Circle self = this;
  }

  @Test
  void givenCircle_whenWritten_thenItIsRefused() {
    assertThatThrownBy(() -> encode(new Circle())).isInstanceOf(SagaDataException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'amount':'many'}",
        "{'amount':-1}",
        "[1]",
        "7",
        "",
        "{'amount':1",
        "not JSON",
        "{'amount':1} {'amount':2}"
      })
  void givenBytesThatAreNoSuchValue_whenRead_thenTheClassIsTold(String payload) {
    SagaDataException failure =
        catchThrowableOfType(SagaDataException.class, () -> decode(json(payload), Positive.class));

    assertThat(failure).hasMessageContaining("A value of " + Positive.class.getName());
    assertThat(failure.getCause()).isNotNull();
  }

  @Test
  void givenValueThatWasRefusedByItsClass_whenRead_thenTheReasonIsTold() {
    assertThatThrownBy(() -> decode(json("{'amount':-1}"), Positive.class))
        .hasMessageContaining("amount must be positive");
  }

  @Test
  void givenNull_whenRead_thenItIsRefused() {
    assertThatThrownBy(() -> decode(json("null"), Positive.class))
        .isInstanceOf(SagaDataException.class)
        .hasMessageContaining("read back from JSON as null");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void givenEqualSetsOfAnotherOrder_whenWritten_thenTheirBytesAreEqual(long seed) {
    SplittableRandom random = new SplittableRandom(seed);

    byte[] one = encode(tags(random));
    byte[] other = encode(tags(random));

    assertThat(new String(one, UTF_8)).as("seed %s", seed).isEqualTo(new String(other, UTF_8));
    assertThat(decode(one, Tags.class).names()).isEqualTo(tags(random).names());
    assertThat(decode(one, Tags.class).lines()).isEqualTo(tags(random).lines());
    assertThat(decode(one, Tags.class).groups()).isEqualTo(tags(random).groups());
  }

  /** The same value each time, with its sets in an order left to chance. */
  private static Tags tags(SplittableRandom random) {
    List<Line> lines =
        List.of(
            new Line("a", 1, BigDecimal.ONE),
            new Line("b", 1, BigDecimal.ONE),
            new Line("c", 1, BigDecimal.TEN));
    List<String> names = List.of("ann", "bob", "cem", "dee", "eve");
    List<Set<Integer>> groups =
        List.of(shuffled(List.of(1, 20, 3), random), shuffled(List.of(4, 50), random));
    return new Tags(
        shuffled(lines, random),
        shuffled(names, random),
        shuffled(groups, random),
        shuffled(List.of(1.5, "x", true), random));
  }

  private static <T> Set<T> shuffled(List<T> elements, SplittableRandom random) {
    List<T> left = new ArrayList<>(elements);
    Set<T> shuffled = new LinkedHashSet<>();
    while (!left.isEmpty()) {
      shuffled.add(left.remove(random.nextInt(left.size())));
    }
    return shuffled;
  }

  record Ordered(LinkedHashSet<String> route, SortedSet<String> names) {}

  @Test
  void givenSetsDeclaredWithAnOrder_whenWrittenAndReadBack_thenTheyKeepIt() {
    LinkedHashSet<String> route = new LinkedHashSet<>(List.of("Rome", "Oslo", "Bern"));
    SortedSet<String> names = new TreeSet<>(List.of("b", "a"));

    Ordered read = decode(encode(new Ordered(route, names)), Ordered.class);

    assertThat(read.route()).containsExactly("Rome", "Oslo", "Bern");
    assertThat(read.names()).containsExactly("a", "b");
  }

  @Test
  void givenSetWithNull_whenWritten_thenItIsReadBack() {
    Set<String> names = new LinkedHashSet<>();
    names.add(null);
    names.add("a");

    byte[] bytes = encode(names);

    assertThat(decode(bytes, String[].class)).containsExactly("a", null);
  }

  /** Two elements that differ and are written alike are a loss, which is noticed elsewhere. */
  @Test
  void givenSetOfElementsThatAreWrittenAlike_whenWritten_thenNoneIsLeftOut() {
    byte[] bytes = encode(Set.of(1, 1L));

    assertThat(new String(bytes, UTF_8)).isEqualTo("[1,1]");
  }

  @Test
  void givenSetOfAnEnum_whenWritten_thenItIsReadBack() {
    Set<TimeUnit> units = EnumSet.of(TimeUnit.SECONDS, TimeUnit.DAYS);

    byte[] bytes = encode(units);

    assertThat(decode(bytes, TimeUnit[].class)).containsExactly(TimeUnit.SECONDS, TimeUnit.DAYS);
  }

  @Test
  void givenMapsOfAnotherOrder_whenCompared_thenTheyAreTheSameValue() {
    Map<String, Integer> other = new LinkedHashMap<>();
    other.put("b", 2);
    other.put("a", 1);

    assertThat(codec.holds(json("{'a':1,'b':2}"), other, CONTEXT)).isTrue();
  }

  @Test
  void givenListsOfAnotherOrder_whenCompared_thenTheyAreNotTheSameValue() {
    Names names = new Names(List.of("a", "b"));
    byte[] bytes = encode(names);

    assertThat(codec.holds(bytes, names, CONTEXT)).isTrue();
    assertThat(codec.holds(bytes, new Names(List.of("b", "a")), CONTEXT)).isFalse();
  }

  @Test
  void givenBytesThatAreNoJson_whenCompared_thenRefused() {
    assertThatThrownBy(() -> codec.holds(json("{"), Map.of(), CONTEXT))
        .isInstanceOf(SagaDataException.class);
    assertThatThrownBy(() -> codec.holds(json("{} 1"), Map.of(), CONTEXT))
        .isInstanceOf(SagaDataException.class);
  }

  static final class Euros {
    final int cents;

    Euros(int cents) {
      this.cents = cents;
    }
  }

  private static ObjectMapper ownMapper() {
    SimpleModule module =
        new SimpleModule()
            .addSerializer(Euros.class, new EurosWriter())
            .addDeserializer(Euros.class, new EurosReader());
    return new ObjectMapper()
        .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .registerModule(module);
  }

  static final class EurosWriter extends JsonSerializer<Euros> {
    @Override
    public void serialize(Euros value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(value.cents + " cents");
    }
  }

  static final class EurosReader extends JsonDeserializer<Euros> {
    @Override
    public Euros deserialize(JsonParser in, DeserializationContext context) throws IOException {
      return new Euros(Integer.parseInt(in.getText().replace(" cents", "")));
    }
  }

  record Bill(Euros amountDue, Set<Integer> lineNumbers) {}

  @Test
  void givenMapperOfTheApplications_whenUsed_thenItsMappingsCountAndSetsAreSorted() {
    JacksonPayloadCodec own = JacksonPayloadCodec.of(ownMapper());
    Set<Integer> unsorted = new LinkedHashSet<>(List.of(3, 1, 2));

    byte[] bytes = own.encode(new Bill(new Euros(5), unsorted), CONTEXT);

    assertThat(new String(bytes, UTF_8))
        .isEqualTo("{\"amount_due\":\"5 cents\",\"line_numbers\":[1,2,3]}");
    assertThat(own.decode(bytes, Bill.class, CONTEXT).amountDue().cents).isEqualTo(5);
  }

  @Test
  void givenMapperOfTheApplications_whenItIsChangedLater_thenTheCodecIsAsBefore() {
    ObjectMapper mapper = new ObjectMapper();
    JacksonPayloadCodec own = JacksonPayloadCodec.of(mapper);

    mapper.setPropertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE);

    assertThat(new String(own.encode(new Positive(1), CONTEXT), UTF_8)).isEqualTo("{\"amount\":1}");
    assertThat(mapper.isEnabled(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)).isFalse();
  }

  @Test
  void givenMapperWithDefaultTyping_whenGiven_thenRefused() {
    ObjectMapper typing =
        new ObjectMapper()
            .activateDefaultTyping(
                BasicPolymorphicTypeValidator.builder().allowIfBaseType(Object.class).build());

    assertThatThrownBy(() -> JacksonPayloadCodec.of(typing))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("default typing");
  }

  @Test
  void givenOptionals_whenTheirModuleIsMissing_thenTheMessageNamesIt() {
    assertThatThrownBy(() -> encode(Optional.of(1)))
        .isInstanceOf(SagaDataException.class)
        .hasMessageContaining("jackson-datatype-jdk8");
  }

  private byte[] encode(Object value) {
    return codec.encode(value, CONTEXT);
  }

  private <T> T decode(byte[] bytes, Class<T> type) {
    return codec.decode(bytes, type, CONTEXT);
  }

  private static byte[] json(String withSingleQuotes) {
    return withSingleQuotes.replace('\'', '"').getBytes(UTF_8);
  }
}
