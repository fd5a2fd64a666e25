package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.SecretKey;

/**
 * The keys of {@link EncryptingPayloadCodec}: one that writes, and any number of others that only
 * read. Immutable and thread-safe.
 *
 * <p>An id names a key in what it has encrypted, for as long as that is kept, and is no secret: it
 * must never be given to another key. Where keys come from and how they are protected is the
 * caller's affair, a key management service's say; a key that doesn't tell its bytes will do.
 */
public final class KeyRing {

  private static final int LONGEST_ID = 64;
  private static final Set<Integer> KEY_BYTES = Set.of(16, 24, 32);

  private final String currentId;
  private final Map<String, SecretKey> keys;

  private KeyRing(String currentId, Map<String, SecretKey> keys) {
    this.currentId = currentId;
    this.keys = Collections.unmodifiableMap(keys);
  }

  /**
   * Creates a ring with one key, which writes and reads.
   *
   * @param keyId names the key: 1 to 64 letters, digits and {@code . _ : / -} of ASCII
   * @param key an AES key of 128, 192 or 256 bits; 256 are recommended
   * @return the ring
   * @throws IllegalArgumentException if the id or the key isn't such
   */
  public static KeyRing of(String keyId, SecretKey key) {
    Map<String, SecretKey> keys = new LinkedHashMap<>();
    keys.put(requireId(keyId), requireAes(keyId, key));
    return new KeyRing(keyId, keys);
  }

  /**
   * Adds a key that only reads: an older one, or one that other nodes begin to write with.
   *
   * @param keyId names the key, see {@link #of}
   * @param key an AES key of 128, 192 or 256 bits
   * @return a new ring that has this key, too
   * @throws IllegalArgumentException if the id or the key isn't such, or the ring has the id
   *     already
   */
  public KeyRing alsoReading(String keyId, SecretKey key) {
    Map<String, SecretKey> more = new LinkedHashMap<>(keys);
    if (more.put(requireId(keyId), requireAes(keyId, key)) != null) {
      throw new IllegalArgumentException("The ring has a key with id '" + keyId + "' already");
    }
    return new KeyRing(currentId, more);
  }

  /**
   * Returns which key writes.
   *
   * @return its id
   */
  public String currentId() {
    return currentId;
  }

  /**
   * Returns which keys there are.
   *
   * @return their ids
   */
  public Set<String> ids() {
    return keys.keySet();
  }

  Optional<SecretKey> find(String keyId) {
    return Optional.ofNullable(keys.get(keyId));
  }

  SecretKey current() {
    return requireNonNull(keys.get(currentId));
  }

  /** Shows ids only. */
  @Override
  public String toString() {
    return "KeyRing[writes with " + currentId + ", reads " + keys.keySet() + "]";
  }

  private static String requireId(String keyId) {
    if (!keyId.matches("[A-Za-z0-9._:/-]{1," + LONGEST_ID + "}")) {
      throw new IllegalArgumentException(
          "A key's id has 1 to " + LONGEST_ID + " letters, digits and . _ : / - of ASCII");
    }
    return keyId;
  }

  private static SecretKey requireAes(String keyId, SecretKey key) {
    requireNonNull(key, "key");
    if (!key.getAlgorithm().equalsIgnoreCase("AES")) {
      throw new IllegalArgumentException(
          "Key '" + keyId + "' must be one for AES; it is for " + key.getAlgorithm());
    }
    byte[] bytes = key.getEncoded(); // null if it never leaves its device
    if (bytes != null && !KEY_BYTES.contains(bytes.length)) {
      throw new IllegalArgumentException(
          "Key '" + keyId + "' must have 128, 192 or 256 bits; it has " + bytes.length * 8);
    }
    return key;
  }
}
