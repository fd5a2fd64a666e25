package io.sagaflow;

/**
 * Turns inputs and results into the bytes that the journal keeps, and back. Thread-safe.
 *
 * <p>What it reads may have been written by an older version of the application, so it should
 * ignore what it doesn't know. It must never choose a class by what the bytes say.
 *
 * <p>By default {@link JacksonPayloadCodec}; around it or any other one goes {@link
 * EncryptingPayloadCodec}.
 */
public interface PayloadCodec {

  /**
   * Writes a value.
   *
   * @param value an input or a result, never null
   * @param context which value of which saga it is
   * @return its bytes
   * @throws SagaDataException if the value can't be written
   */
  byte[] encode(Object value, PayloadContext context);

  /**
   * Reads a value.
   *
   * @param bytes what {@link #encode} gave, now or years ago, for this context
   * @param type the class to read it as
   * @param context which value of which saga it is
   * @param <T> the type to read it as
   * @return the value, never null
   * @throws SagaDataException if the bytes aren't a value of this type
   */
  <T> T decode(byte[] bytes, Class<T> type, PayloadContext context);

  /**
   * Returns whether a payload holds a value. Bytes may differ that mean the same, as the order of a
   * set does, or a nonce.
   *
   * @param bytes what {@link #encode} gave, now or years ago, for this context
   * @param value an input or a result, never null
   * @param context which value of which saga the bytes are
   * @return whether the value would be written with the same meaning
   * @throws SagaDataException if the bytes aren't a payload of this codec, or the value can't be
   *     written
   */
  boolean holds(byte[] bytes, Object value, PayloadContext context);
}
