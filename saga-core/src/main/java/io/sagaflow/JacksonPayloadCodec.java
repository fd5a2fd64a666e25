package io.sagaflow;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes payloads as JSON, by Jackson. No default typing: the bytes never choose a class. Equal
 * sets have equal bytes. Thread-safe.
 */
public final class JacksonPayloadCodec implements PayloadCodec {

  private final ObjectMapper mapper;

  private JacksonPayloadCodec(ObjectMapper mapper) {
    this.mapper =
        mapper
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .registerModule(new SimpleModule().setSerializerModifier(new SortedSets()));
  }

  /**
   * Creates the codec that coordinators have by default: with the modules that are on the class
   * path, and times as ISO texts. Unknown properties are ignored, so an older version of an
   * application reads what a newer one wrote.
   *
   * @return the codec
   */
  public static JacksonPayloadCodec withDefaults() {
    return new JacksonPayloadCodec(
        JsonMapper.builder()
            .findAndAddModules()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build());
  }

  /**
   * Creates a codec that maps as a mapper of the application's own. Whatever that is told later on
   * changes nothing: a copy of it is taken, which writes sets in one order and refuses bytes behind
   * a value. All else is the mapper's, among it what it makes of unknown properties: one that fails
   * on them makes sagas stuck that a newer version of the application wrote.
   *
   * @param mapper how values are mapped
   * @return the codec
   * @throws IllegalArgumentException if the mapper has default typing switched on: then the bytes
   *     would choose classes. Annotate the types in question with {@code @JsonTypeInfo} and names
   * @throws IllegalStateException if the mapper is of a subclass that doesn't implement {@code
   *     copy()}
   */
  public static JacksonPayloadCodec of(ObjectMapper mapper) {
    requireNonNull(mapper, "mapper");
    if (mapper.getDeserializationConfig().getDefaultTyper(mapper.constructType(Object.class))
        != null) {
      throw new IllegalArgumentException(
          "The mapper has default typing switched on, which lets payloads choose classes: annotate"
              + " the types in question with @JsonTypeInfo and names instead");
    }
    return new JacksonPayloadCodec(mapper.copy());
  }

  @Override
  public byte[] encode(Object value, PayloadContext context) {
    return encode(value);
  }

  private byte[] encode(Object value) {
    try {
      return mapper.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw failure("can't be written as JSON", value.getClass(), e);
    }
  }

  @Override
  public <T> T decode(byte[] bytes, Class<T> type, PayloadContext context) {
    try {
      T value = mapper.readValue(bytes, type);
      if (value == null) {
        throw failure("was read back from JSON as null", type, null);
      }
      return value;
    } catch (JsonMappingException e) {
      throw failure("can't be read back from JSON", type, e);
    } catch (IOException e) {
      throw failure("is not JSON any more", type, e);
    }
  }

  @Override
  public boolean holds(byte[] bytes, Object value, PayloadContext context) {
    byte[] written = encode(value);
    if (Arrays.equals(bytes, written)) {
      return true;
    }
    try {
      return mapper.readTree(bytes).equals(mapper.readTree(written));
    } catch (IOException e) {
      throw new SagaDataException("A payload is not JSON.", e, null, null);
    }
  }

  private static SagaDataException failure(
      String what, Class<?> type, @Nullable IOException cause) {
    String why =
        cause instanceof JsonProcessingException json ? ": " + json.getOriginalMessage() : "";
    return new SagaDataException(
        "A value of "
            + type.getName()
            + " "
            + what
            + why
            + ". Payloads are plain data: records or"
            + " classes that Jackson writes and reads without loss.",
        cause,
        null,
        null);
  }
}
