package io.sagaflow.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.sagaflow.PayloadCodec;
import io.sagaflow.SagaDataException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Payloads as JSON. No default typing: the bytes never choose a class. Unknown properties are
 * ignored, so an older version of an application reads what a newer one wrote. Equal sets have
 * equal bytes.
 */
final class JacksonPayloadCodec implements PayloadCodec {

  private final JsonMapper mapper =
      JsonMapper.builder()
          .findAndAddModules()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .addModule(new SimpleModule().setSerializerModifier(new SortedSets()))
          .build();

  @Override
  public byte[] encode(Object value) {
    try {
      return mapper.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw failure("can't be written as JSON", value.getClass(), e);
    }
  }

  @Override
  public <T> T decode(byte[] bytes, Class<T> type) {
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
  public boolean sameValue(byte[] one, byte[] other) {
    try {
      return mapper.readTree(one).equals(mapper.readTree(other));
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
