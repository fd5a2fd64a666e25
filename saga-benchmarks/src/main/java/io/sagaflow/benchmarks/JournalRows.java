package io.sagaflow.benchmarks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * An endless stream of the rows of one saga that the engine ran, each time for other sagas, in the
 * order in which so many sagas in flight would write them: the first row of each, then the second
 * of each, and the last two together, since the engine appends those at once. Thread-safe.
 */
final class JournalRows {

  private final List<JournalRow> template;
  private final int inFlight;
  private final Deque<JournalRow> ready = new ArrayDeque<>();

  JournalRows(List<JournalRow> template, int inFlight) {
    if (template.size() < 2) {
      throw new IllegalArgumentException("A saga that has ended has at least two rows");
    }
    this.template = List.copyOf(template);
    this.inFlight = inFlight;
  }

  /** Reads the rows of a saga that has ended. */
  static List<JournalRow> ofOneSaga(Connection connection, String schema) throws SQLException {
    String sql =
        """
        SELECT saga_id, seq, kind, step, code, detail, actor, attempt, payload
        FROM ${schema}.saga_journal
        WHERE saga_id = (SELECT saga_id FROM ${schema}.saga_journal
                         WHERE kind IN ('SAGA_COMPLETED', 'SAGA_COMPENSATED') LIMIT 1)
        ORDER BY seq
        """
            .replace("${schema}", schema);
    List<JournalRow> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows.add(JournalRow.read(result));
      }
    }
    return rows;
  }

  synchronized List<JournalRow> next(int count) {
    List<JournalRow> rows = new ArrayList<>(count);
    while (rows.size() < count) {
      if (ready.isEmpty()) {
        refill();
      }
      rows.add(ready.remove());
    }
    return rows;
  }

  private void refill() {
    List<UUID> sagas = Stream.generate(TimeOrderedIds::next).limit(inFlight).toList();
    int last = template.size() - 1;
    for (int i = 0; i < last; i++) {
      for (UUID saga : sagas) {
        ready.add(template.get(i).of(saga));
        if (i == last - 1) {
          ready.add(template.get(last).of(saga));
        }
      }
    }
  }
}
