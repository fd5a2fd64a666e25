package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Identifies one saga. Ids are time-ordered UUIDs (version 7, RFC 9562), so that new rows land on
 * the right edge of an index.
 *
 * @param value the UUID
 */
public record SagaId(UUID value) implements Serializable, Comparable<SagaId> {

  /** The bits of the high half that don't tell the time. */
  private static final int TIME_SHIFT = 16;

  private static final Instant LAST = Instant.ofEpochMilli((1L << 48) - 1);

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

  /**
   * Returns when the id was made, to the millisecond. Of ids that a coordinator made, it is when
   * the saga was started, by that node's clock.
   *
   * @return the first 48 bits, as a time
   */
  public Instant madeAt() {
    return Instant.ofEpochMilli(value.getMostSignificantBits() >>> TIME_SHIFT);
  }

  /**
   * Returns what lies between the ids that were made earlier and those that were made at an instant
   * or later. No saga has it.
   *
   * @param instant the instant, of which whole milliseconds count
   * @return the lower bound; the lowest or highest there is for an instant that no id can hold
   */
  public static SagaId boundAt(Instant instant) {
    Instant inRange = instant.isBefore(Instant.EPOCH) ? Instant.EPOCH : instant;
    if (inRange.isAfter(LAST)) {
      return new SagaId(new UUID(-1L, -1L));
    }
    return new SagaId(new UUID(inRange.toEpochMilli() << TIME_SHIFT, 0L));
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
