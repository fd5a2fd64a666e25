package io.sagaflow.engine;

import io.sagaflow.PayloadCodec;
import io.sagaflow.PayloadContext;
import io.sagaflow.SagaDataException;
import io.sagaflow.store.Payload;

/** Checks what is written before it is written: its size, and that it can be read back. */
final class Payloads {

  private final PayloadCodec codec;
  private final int limit;

  Payloads(PayloadCodec codec, int limit) {
    this.codec = codec;
    this.limit = limit;
  }

  /**
   * A payload, and the value as it was read back from it: nobody else has that one, and so nobody
   * changes it.
   */
  record Written<T>(Payload payload, T value) {}

  <T> Payload encode(T value, Class<T> type, PayloadContext context) {
    return write(value, type, context).payload();
  }

  <T> Written<T> write(T value, Class<T> type, PayloadContext context) {
    byte[] bytes = codec.encode(value, context);
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
    T again = codec.decode(bytes, type, context);
    if (!codec.holds(bytes, again, context)) {
      throw new SagaDataException(
          "A value of "
              + type.getName()
              + " is not the same after being written and read back:"
              + " some of it is written but not read. A recovered saga would see another value.",
          null,
          null,
          null);
    }
    return new Written<>(Payload.of(bytes), again);
  }

  <T> T decode(Payload payload, Class<T> type, PayloadContext context) {
    return codec.decode(payload.bytes(), type, context);
  }

  boolean holds(Payload payload, Object value, PayloadContext context) {
    return codec.holds(payload.bytes(), value, context);
  }
}
