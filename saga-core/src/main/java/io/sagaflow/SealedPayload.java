package io.sagaflow;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * The form of an encrypted payload: the letters {@code AES}, the version {@code 1}, the length of
 * the key's id in a byte, the id, the nonce, and then the ciphertext with its tag. Everything
 * before the ciphertext is the header. Its beginning is legible for whoever looks at escaped bytes,
 * and is none of JSON.
 */
final class SealedPayload {

  static final int NONCE_BYTES = 12;
  static final int TAG_BYTES = 16;

  private static final byte[] MAGIC = {'A', 'E', 'S', '1'};
  private static final int ID_AT = MAGIC.length + 1;

  private final byte[] bytes;
  private final int headerBytes;

  private SealedPayload(byte[] bytes, int headerBytes) {
    this.bytes = bytes;
    this.headerBytes = headerBytes;
  }

  /** Writes a header in front of room for the ciphertext and its tag. */
  static SealedPayload begin(String keyId, byte[] nonce, int plainBytes) {
    byte[] id = keyId.getBytes(US_ASCII);
    int headerBytes = ID_AT + id.length + NONCE_BYTES;
    byte[] bytes =
        ByteBuffer.allocate(headerBytes + plainBytes + TAG_BYTES)
            .put(MAGIC)
            .put((byte) id.length)
            .put(id)
            .put(nonce)
            .array();
    return new SealedPayload(bytes, headerBytes);
  }

  /** Whether bytes say that they are encrypted. */
  static boolean isSealed(byte[] bytes) {
    return bytes.length >= MAGIC.length
        && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /** Reads a header; empty if the bytes have none, or are too few for it and a tag. */
  static Optional<SealedPayload> read(byte[] bytes) {
    if (!isSealed(bytes) || bytes.length < ID_AT) {
      return Optional.empty();
    }
    int headerBytes = ID_AT + Byte.toUnsignedInt(bytes[MAGIC.length]) + NONCE_BYTES;
    return headerBytes + TAG_BYTES <= bytes.length
        ? Optional.of(new SealedPayload(bytes, headerBytes))
        : Optional.empty();
  }

  String keyId() {
    return new String(bytes, ID_AT, nonceAt() - ID_AT, US_ASCII);
  }

  byte[] bytes() {
    return bytes;
  }

  int nonceAt() {
    return headerBytes - NONCE_BYTES;
  }

  int headerBytes() {
    return headerBytes;
  }

  int ciphertextBytes() {
    return bytes.length - headerBytes;
  }
}
