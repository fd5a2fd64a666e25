package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Identifies one saga. Ids are time-ordered UUIDs (version 7, RFC 9562), so that new rows land on
 * the right edge of an index.
 *
 * @param value the UUID
 */
public record SagaId(UUID value) implements Serializable, Comparable<SagaId> {

  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  /** Refuses null. */
  public SagaId {
    requireNonNull(value, "value");
  }

  /**
   * Reads an id back from its text.
   *
   * @param text what {@link #toString()} gave
   * @return the id
   * @throws IllegalArgumentException if the text is not a UUID
   */
  public static SagaId parse(String text) {
    if (!UUID_TEXT.matcher(text).matches()) { // fromString fills up what is too short
      throw new IllegalArgumentException("A saga's id is a UUID; got '" + text + "'");
    }
    return new SagaId(UUID.fromString(text));
  }

  /** Orders ids as PostgreSQL orders UUIDs: by their bits, unsigned. */
  @Override
  public int compareTo(SagaId other) {
    int high =
        Long.compareUnsigned(value.getMostSignificantBits(), other.value.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(
            value.getLeastSignificantBits(), other.value.getLeastSignificantBits());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
