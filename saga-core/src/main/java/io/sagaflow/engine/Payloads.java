package io.sagaflow.engine;

import io.sagaflow.PayloadCodec;
import io.sagaflow.SagaDataException;
import io.sagaflow.store.Payload;
import java.util.Arrays;

/** Checks what is written before it is written: its size, and that it can be read back. */
final class Payloads {

  private final PayloadCodec codec;
  private final int limit;

  Payloads(PayloadCodec codec, int limit) {
    this.codec = codec;
    this.limit = limit;
  }

  <T> Payload encode(T value, Class<T> type) {
    byte[] bytes = codec.encode(value);
    if (bytes.length > limit) {
      throw new SagaDataException(
          "A payload of "
              + type.getName()
              + " has "
              + bytes.length
              + " bytes; the limit is "
              + limit
              + ". Keep large data elsewhere and pass its key, or raise maxPayloadBytes.",
          null,
          null,
          null);
    }
    byte[] again = codec.encode(codec.decode(bytes, type));
    if (!Arrays.equals(bytes, again) && !codec.sameValue(bytes, again)) {
      throw new SagaDataException(
          "A value of "
              + type.getName()
              + " is not the same after being written and read back:"
              + " some of it is written but not read. A recovered saga would see another value.",
          null,
          null,
          null);
    }
    return Payload.of(bytes);
  }

  <T> T decode(Payload payload, Class<T> type) {
    return codec.decode(payload.bytes(), type);
  }

  boolean sameValue(Payload one, Payload other) {
    return one.equals(other) || codec.sameValue(one.bytes(), other.bytes());
  }
}
