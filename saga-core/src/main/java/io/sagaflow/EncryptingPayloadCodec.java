package io.sagaflow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.util.UUID;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts what another codec writes, by AES-GCM (NIST SP 800-38D): with a random nonce of 96 bits,
 * a tag of 128 bits, and the header, the saga's id and the column as associated data. So a payload
 * that was changed, or put in another's place, isn't read: its saga is stuck, with the reason, and
 * nothing runs on what somebody else has made of it. Thread-safe.
 *
 * <p>What it doesn't hide: that there is a payload, how long it is, which key wrote it, and all
 * that isn't a payload, such as business keys and the texts of errors. Nor does it notice that an
 * older payload of the same column of the same saga was put back.
 *
 * <p>With random nonces one key may encrypt 2^32 payloads at most; one is encrypted for each start,
 * result and signal. Rotate keys long before, see {@link KeyRing}: a new key has to be read by
 * every node before it is written by any. An old one is needed until no saga is left that it has
 * written of.
 */
public final class EncryptingPayloadCodec implements PayloadCodec {

  private static final String TRANSFORMATION = "AES/GCM/NoPadding";

  private final PayloadCodec codec;
  private final KeyRing keys;
  private final Plain plain;
  private final SecureRandom random = new SecureRandom();

  /** What becomes of payloads that aren't encrypted. */
  private enum Plain {
    REFUSED,
    READ,
    READ_AND_WRITTEN
  }

  private EncryptingPayloadCodec(PayloadCodec codec, KeyRing keys, Plain plain) {
    this.codec = requireNonNull(codec, "codec");
    this.keys = requireNonNull(keys, "keys");
    this.plain = plain;
  }

  /**
   * Encrypts what a codec writes. Payloads that aren't encrypted are refused.
   *
   * @param codec turns values into bytes
   * @param keys what encrypts them
   * @return the codec
   */
  public static EncryptingPayloadCodec around(PayloadCodec codec, KeyRing keys) {
    return new EncryptingPayloadCodec(codec, keys, Plain.REFUSED);
  }

  /**
   * Reads payloads as well that aren't encrypted: those of sagas that began before encryption was
   * switched on. As long as it does, whoever can write to the database can put a plain payload in
   * the place of an encrypted one. So go back to the strict codec when those sagas have ended.
   *
   * @return a codec that reads both, and encrypts what it writes
   */
  public EncryptingPayloadCodec acceptingPlain() {
    return new EncryptingPayloadCodec(codec, keys, Plain.READ);
  }

  /**
   * Reads payloads that are encrypted and such that aren't, and writes as the codec does that it is
   * around: to get every node ready before the first one encrypts.
   *
   * @return a codec that encrypts nothing
   */
  public EncryptingPayloadCodec stillWritingPlain() {
    return new EncryptingPayloadCodec(codec, keys, Plain.READ_AND_WRITTEN);
  }

  @Override
  public byte[] encode(Object value, PayloadContext context) {
    byte[] bytes = codec.encode(value, context);
    return plain == Plain.READ_AND_WRITTEN ? bytes : seal(bytes, context);
  }

  /**
   * {@inheritDoc}
   *
   * @throws SagaDataException also if the bytes aren't encrypted, are encrypted with a key that the
   *     ring hasn't, or were changed or moved since: the message tells which
   */
  @Override
  public <T> T decode(byte[] bytes, Class<T> type, PayloadContext context) {
    byte[] opened = open(bytes, context);
    try {
      return codec.decode(opened, type, context);
    } catch (SagaDataException e) { // its message may quote the value, and would be journaled
      throw failure("was decrypted, but is no " + type.getName() + " for the codec", context, e);
    }
  }

  @Override
  public boolean holds(byte[] bytes, Object value, PayloadContext context) {
    return codec.holds(open(bytes, context), value, context);
  }

  private byte[] seal(byte[] bytes, PayloadContext context) {
    byte[] nonce = new byte[SealedPayload.NONCE_BYTES];
    random.nextBytes(nonce);
    String keyId = keys.currentId();
    SealedPayload sealed = SealedPayload.begin(keyId, nonce, bytes.length);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, keys.current(), sealed, context);
      cipher.doFinal(bytes, 0, bytes.length, sealed.bytes(), sealed.headerBytes());
      return sealed.bytes();
    } catch (GeneralSecurityException | ProviderException e) {
      throw failure("can't be encrypted with key '" + keyId + "'", context, e);
    }
  }

  private byte[] open(byte[] bytes, PayloadContext context) {
    if (plain != Plain.REFUSED && !SealedPayload.isSealed(bytes)) {
      return bytes;
    }
    SealedPayload sealed =
        SealedPayload.read(bytes)
            .orElseThrow(
                () ->
                    failure(
                        SealedPayload.isSealed(bytes)
                            ? "is cut off"
                            : "is not encrypted, and plain payloads are accepted only on request:"
                                + " see acceptingPlain()",
                        context,
                        null));
    SecretKey key = keys.find(sealed.keyId()).orElseThrow(() -> unknownKey(sealed, context));
    return open(sealed, key, context);
  }

  private static byte[] open(SealedPayload sealed, SecretKey key, PayloadContext context) {
    try {
      return cipher(Cipher.DECRYPT_MODE, key, sealed, context)
          .doFinal(sealed.bytes(), sealed.headerBytes(), sealed.ciphertextBytes());
    } catch (AEADBadTagException e) {
      String why =
          "was changed or moved since it was encrypted, or key '"
              + sealed.keyId()
              + "' isn't the one that encrypted it";
      throw failure(why, context, e);
    } catch (GeneralSecurityException | ProviderException e) {
      throw failure("can't be decrypted with key '" + sealed.keyId() + "'", context, e);
    }
  }

  /** One for each payload: ciphers aren't thread-safe. */
  private static Cipher cipher(
      int mode, SecretKey key, SealedPayload sealed, PayloadContext context)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(TRANSFORMATION);
    GCMParameterSpec nonce =
        new GCMParameterSpec(
            SealedPayload.TAG_BYTES * Byte.SIZE,
            sealed.bytes(),
            sealed.nonceAt(),
            SealedPayload.NONCE_BYTES);
    cipher.init(mode, key, nonce);
    cipher.updateAAD(sealed.bytes(), 0, sealed.headerBytes());
    cipher.updateAAD(associated(context));
    return cipher;
  }

  /** The header before it and the id have lengths that they tell, so nothing is ambiguous. */
  private static byte[] associated(PayloadContext context) {
    UUID id = context.sagaId().value();
    byte[] column = context.column().getBytes(UTF_8);
    return ByteBuffer.allocate(2 * Long.BYTES + column.length)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .put(column)
        .array();
  }

  private SagaDataException unknownKey(SealedPayload sealed, PayloadContext context) {
    String id = sealed.keyId().replaceAll("[^ -~]", "?"); // it may have been tampered with
    return failure(
        "is encrypted with key '"
            + id
            + "', which the ring hasn't; it has "
            + keys.ids()
            + ". Give the coordinator that key, then retry the saga",
        context,
        null);
  }

  private static SagaDataException failure(
      String what, PayloadContext context, @Nullable Throwable cause) {
    return new SagaDataException(
        "The payload " + context + " " + what + ".",
        cause,
        context.sagaId(),
        context.step().orElse(null));
  }

  /** Shows no key. */
  @Override
  public String toString() {
    return "EncryptingPayloadCodec[" + keys + ", plain payloads " + plain + "]";
  }
}
