package io.sagaflow.jdbc;

import static java.util.stream.Collectors.joining;

import io.sagaflow.store.SagaAppend;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The parts of the statement that writes a batch, in their order. A batch has only those that it
 * needs: most are for few sagas, and each costs the server something, which a lone saga would feel.
 */
enum BatchPart {
  /**
   * New sagas; the database says whose key is taken. One whose key a user's open transaction has
   * taken is left out: the insert would wait for that one's end, and with it the whole batch. The
   * lock is given back at once, so that thousands don't fill the server's table of locks.
   */
  STARTED(
      """
      INSERT INTO ${t}instance (id, definition, version, business_key, status, owner)
      SELECT s.id, s.definition, s.version, s.business_key, 'RUNNING', ?::uuid
      FROM fence, ${rows} AS s(id, definition, version, business_key, position)
      WHERE CASE WHEN pg_try_advisory_lock_shared(${key})
                 THEN pg_advisory_unlock_shared(${key}) ELSE false END
      ORDER BY s.position
      ON CONFLICT (definition, business_key) DO NOTHING
      RETURNING id""",
      "uuid text int text"),

  /**
   * Records, but not those of sagas that couldn't be started: a saga's first comes with its start.
   */
  JOURNALED(journal("", ""), "uuid bigint bigint text text int bytea"),

  /** The same if one of them has a failure, a person or a due time to tell of: most have none. */
  DETAILED(
      journal(
          ", code, detail, actor, due",
          ", r.code, r.detail, r.actor, timestamptz 'epoch' + r.due * interval '1 microsecond'"),
      "uuid bigint bigint text text int bytea text text text bigint"),

  /** Commands that were answered, and all of sagas that ended. */
  CONSUMED(
      """
      DELETE FROM ${t}inbox b USING fence
      WHERE b.id = ANY ((SELECT ?::bigint[])::bigint[])
         OR b.saga_id = ANY ((SELECT ?::uuid[])::uuid[])
      RETURNING b.saga_id"""),

  /** Sagas that ended. Their ids are sorted, so each finds its own status by a binary search. */
  ENDED(
      """
      UPDATE ${t}instance i
      SET status = e.statuses[width_bucket(i.id, e.ids)], owner = NULL, orphaned = false,
          wake_at = NULL, commands = 0, step = NULL,
          ended_at = timestamptz 'epoch'
                     + e.ended_at[width_bucket(i.id, e.ids)] * interval '1 microsecond'
      FROM fence,
           (SELECT ?::uuid[] AS ids, ?::text[] AS statuses, ?::bigint[] AS ended_at OFFSET 0) e
      WHERE i.id = ANY ((SELECT ?::uuid[])::uuid[]) AND i.owner IS NOT DISTINCT FROM ?::uuid"""),

  /** Locks of sagas that ended. */
  UNLOCKED(
      """
      DELETE FROM ${t}lock l USING fence WHERE l.holder = ANY ((SELECT ?::uuid[])::uuid[])"""),

  /** Sagas that turned, were given back, answered a command or made progress. */
  CHANGED(
      """
      UPDATE ${t}instance i
      SET status = coalesce(c.status, i.status),
          owner = CASE WHEN c.released THEN NULL ELSE i.owner END,
          orphaned = false,
          wake_at = CASE WHEN NOT c.released THEN i.wake_at
                         WHEN i.commands > coalesce(d.commands, 0) THEN 'epoch'
                         ELSE timestamptz 'epoch' + c.wake_at * interval '1 microsecond' END,
          commands = i.commands - coalesce(d.commands, 0),
          recoveries = CASE WHEN c.progress THEN 0 ELSE i.recoveries END,
          step = coalesce(c.step, CASE WHEN c.status IS NULL THEN i.step END),
          ended_at = CASE WHEN c.status IS NULL THEN i.ended_at END
      FROM fence,
           unnest((SELECT ?::uuid[]), (SELECT ?::text[]), (SELECT ?::bool[]),
                  (SELECT ?::bigint[]), (SELECT ?::bool[]), (SELECT ?::text[]))
             AS c(id, status, released, wake_at, progress, step)
           LEFT JOIN (SELECT saga_id, count(*)::int AS commands FROM consumed
                      GROUP BY saga_id) d ON d.saga_id = c.id
      WHERE i.id = c.id AND i.owner IS NOT DISTINCT FROM ?::uuid""");

  private final String sql;

  /** The types of the new rows' columns, where ${rows} stands. */
  private final String types;

  BatchPart(String sql) {
    this(sql, "");
  }

  BatchPart(String sql, String types) {
    this.sql = sql;
    this.types = types;
  }

  private static String journal(String details, String values) {
    return """
        INSERT INTO ${t}journal (saga_id, seq, at, kind, step, attempt, payload${details})
        SELECT r.saga_id, r.seq, timestamptz 'epoch' + r.at * interval '1 microsecond',
               r.kind, r.step, r.attempt, r.payload${values}
        FROM fence, ${rows} AS r(saga_id, seq, at, kind, step, attempt, payload${details})
        ${only}
        ${conflict}"""
        .replace("${details}", details)
        .replace("${values}", values);
  }

  /** What a batch needs. */
  static Set<BatchPart> of(Batch batch) {
    Set<BatchPart> parts = EnumSet.of(batch.isDetailed() ? DETAILED : JOURNALED);
    for (Write write : batch.writes()) {
      SagaAppend append = write.append();
      if (append == null) {
        parts.add(STARTED);
      } else if (append.changesSaga()) {
        parts.add(CONSUMED);
        parts.add(write.ends() ? ENDED : CHANGED);
        if (write.unlocks()) {
          parts.add(UNLOCKED);
        }
      }
    }
    return parts;
  }

  /**
   * The statement of some parts.
   *
   * @param rows how many records are given value by value, with at most one start; 0 if there are
   *     arrays
   */
  static String statement(Set<BatchPart> parts, boolean repeat, int rows) {
    return statement("SELECT id FROM ${t}node WHERE id = ? FOR KEY SHARE", parts, repeat, rows);
  }

  /** As above, with another query for the row without which nothing is written. */
  static String statement(String fence, Set<BatchPart> parts, boolean repeat, int rows) {
    boolean starts = parts.contains(STARTED);
    StringBuilder text = new StringBuilder("WITH fence AS (").append(fence).append(')');
    for (BatchPart part : parts) {
      String name = part.name().toLowerCase(Locale.ROOT);
      String sql =
          part.sql.replace("${rows}", part.rows(part == STARTED ? Math.min(rows, 1) : rows));
      text.append(",\n").append(name).append(" AS (\n").append(sql).append(')');
    }
    text.append("\nSELECT (SELECT count(*) FROM fence), ")
        .append(starts ? "ARRAY(SELECT id FROM started)" : "ARRAY[]::uuid[]");
    return text.toString()
        .replace("${only}", starts ? ONLY_STARTED : "")
        .replace("${conflict}", repeat ? "ON CONFLICT DO NOTHING" : "");
  }

  /** New rows; starts with their position behind the columns. */
  private String rows(int count) {
    boolean ordered = this == STARTED;
    if (count == 0) {
      return Stream.of(types.split(" "))
          .map(type -> "(SELECT ?::" + type + "[])")
          .collect(joining(", ", "unnest(", ordered ? ") WITH ORDINALITY" : ")"));
    }
    String values = Stream.of(types.split(" ")).map("?::"::concat).collect(joining(", "));
    return IntStream.rangeClosed(1, count)
        .mapToObj(position -> "(" + values + (ordered ? ", " + position : "") + ")")
        .collect(joining(", ", "(VALUES ", ")"));
  }

  private static final String ONLY_STARTED =
      "WHERE r.seq > 1 OR r.saga_id IN (SELECT id FROM started)";
}
