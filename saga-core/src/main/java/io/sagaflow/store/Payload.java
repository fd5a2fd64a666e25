package io.sagaflow.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** The bytes of an input or a result, as a codec wrote them. Immutable; never printed. */
public final class Payload {

  private final byte[] bytes;

  private Payload(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Wraps bytes.
   *
   * @param bytes what a codec wrote; copied
   * @return the payload
   */
  public static Payload of(byte[] bytes) {
    return new Payload(bytes.clone());
  }

  /**
   * Wraps a text's UTF-8 bytes.
   *
   * @param text the text
   * @return the payload
   */
  public static Payload ofText(String text) {
    return new Payload(text.getBytes(UTF_8));
  }

  /**
   * Returns the bytes.
   *
   * @return a copy
   */
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * Returns the number of bytes.
   *
   * @return the size
   */
  public int size() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Payload that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Tells the size only: payloads are not for logs. */
  @Override
  public String toString() {
    return "Payload[" + bytes.length + " bytes]";
  }
}
