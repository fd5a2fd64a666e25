package io.sagaflow;

/**
 * Turns inputs and results into the bytes that the journal keeps, and back. Thread-safe.
 *
 * <p>What it reads may have been written by an older version of the application, so it should
 * ignore what it doesn't know. It must never choose a class by what the bytes say.
 */
public interface PayloadCodec {

  /**
   * Writes a value.
   *
   * @param value an input or a result, never null
   * @return its bytes
   * @throws SagaDataException if the value can't be written
   */
  byte[] encode(Object value);

  /**
   * Reads a value.
   *
   * @param bytes what {@link #encode} gave, now or years ago
   * @param type the class to read it as
   * @param <T> the type to read it as
   * @return the value, never null
   * @throws SagaDataException if the bytes aren't a value of this type
   */
  <T> T decode(byte[] bytes, Class<T> type);

  /**
   * Returns whether two payloads hold the same value, although their bytes may differ, as the order
   * of a set does.
   *
   * @param one what {@link #encode} gave
   * @param other what {@link #encode} gave
   * @return whether they mean the same
   * @throws SagaDataException if either isn't a payload of this codec
   */
  boolean sameValue(byte[] one, byte[] other);
}
