package io.sagaflow.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.sagaflow.PayloadCodec;
import io.sagaflow.SagaDataException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Payloads as JSON. No default typing: the bytes never choose a class. Unknown properties are
 * ignored, so an older version of an application reads what a newer one wrote.
 */
final class JacksonPayloadCodec implements PayloadCodec {

  private final JsonMapper mapper =
      JsonMapper.builder()
          .findAndAddModules()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
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

  /** JSON has no sets, only arrays: so the order of an array doesn't count. */
  @Override
  public boolean sameValue(byte[] one, byte[] other) {
    try {
      JsonNode first = mapper.readTree(one);
      JsonNode second = mapper.readTree(other);
      return first.equals(second) || canonical(first).equals(canonical(second));
    } catch (IOException e) {
      throw new SagaDataException("A payload is not JSON.", e, null, null);
    }
  }

  /** Sorts what arrays and objects hold, so that two texts are compared and not every pair. */
  private static String canonical(JsonNode node) {
    List<String> parts = new ArrayList<>();
    if (node.isArray()) {
      node.forEach(element -> parts.add(canonical(element)));
    } else if (node.isObject()) {
      node.properties()
          .forEach(
              field ->
                  parts.add(TextNode.valueOf(field.getKey()) + ":" + canonical(field.getValue())));
    } else {
      return node.toString();
    }
    Collections.sort(parts);
    return (node.isArray() ? "[" : "{") + String.join(",", parts);
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
