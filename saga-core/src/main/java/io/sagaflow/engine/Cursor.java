package io.sagaflow.engine;

import io.sagaflow.SagaId;
import io.sagaflow.SagaQuery;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * Where a page ended, as users carry it: an id, and a checksum over it and what the query is about,
 * in hexadecimal. So a cursor that was cut, or belongs to another query, is noticed; it is no
 * secret and no signature.
 */
final class Cursor {

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{40}");
  private static final int RADIX = 16;

  private Cursor() {}

  static String write(SagaQuery query, SagaId last) {
    UUID id = last.value();
    return String.format(
        "%016x%016x%08x",
        id.getMostSignificantBits(), id.getLeastSignificantBits(), checksum(query, last));
  }

  static SagaId read(SagaQuery query, String cursor) {
    if (FORM.matcher(cursor).matches()) {
      SagaId last = new SagaId(new UUID(bits(cursor, 0), bits(cursor, Long.SIZE / 4)));
      if (write(query, last).equals(cursor)) {
        return last;
      }
    }
    throw new IllegalArgumentException(
        "after must be the next() of a page of the same query; got '" + Texts.cut(cursor) + "'");
  }

  private static long bits(String cursor, int from) {
    return Long.parseUnsignedLong(cursor.substring(from, from + Long.SIZE / 4), RADIX);
  }

  private static int checksum(SagaQuery query, SagaId last) {
    CRC32 checksum = new CRC32();
    for (char c : (last + " " + query.subject()).toCharArray()) {
      checksum.update(c >>> Byte.SIZE);
      checksum.update(c);
    }
    return (int) checksum.getValue();
  }
}
