package io.sagaflow.chaos;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** How long the sagas of killed nodes had nobody who drives them. Thread-safe. */
final class Recoveries {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String OWNED =
      """
      SELECT i.id FROM saga_instance i
      JOIN saga_node n ON n.node_id = i.owner AND n.lane = 0 WHERE n.name = ?
      """;

  /** Still the dead node's, or nobody's since it was taken from it. */
  private static final String ORPHANS =
      """
      SELECT count(*) FROM saga_instance
      WHERE id = ANY(?) AND status IN ('RUNNING', 'COMPENSATING')
        AND (owner = ? OR owner IS NULL AND orphaned)
      """;

  private final JournalServer journal;
  private final Map<Way, List<Long>> millis = new EnumMap<>(Way.class); // guarded by this

  /** Who took over. */
  enum Way {
    /** The others, after the lease. */
    BY_OTHERS,
    /** A new process of the same name, at once. */
    BY_RESTART
  }

  Recoveries(JournalServer journal) {
    this.journal = journal;
  }

  /** Watches what becomes of the sagas of a node that has just been killed. */
  void watch(String node, Way way) {
    long killedAt = System.nanoTime();
    int starts = journal.starts();
    Thread thread =
        new Thread(
            () -> {
              try {
                measure(node, way, killedAt, starts);
              } catch (SQLException e) {
                // the database was killed meanwhile: that is no measure of a take-over
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "watches-" + node);
    thread.setDaemon(true);
    thread.start();
  }

  private void measure(String node, Way way, long killedAt, int starts)
      throws SQLException, InterruptedException {
    try (Connection connection = journal.connect()) {
      List<String> ids = Sql.rows(connection, OWNED, node).stream().map(row -> row.get(0)).toList();
      if (ids.isEmpty()) {
        return;
      }
      Object[] orphans = {connection.createArrayOf("uuid", ids.toArray()), owner(connection, node)};
      boolean recovered =
          Await.until(PATIENCE, () -> Sql.number(connection, ORPHANS, orphans) == 0);
      if (recovered && starts == journal.starts()) {
        add(way, Duration.ofNanos(System.nanoTime() - killedAt).toMillis());
      }
    }
  }

  private static Object owner(Connection connection, String node) throws SQLException {
    return UUID.fromString(
        Sql.rows(connection, "SELECT node_id FROM saga_node WHERE lane = 0 AND name = ?", node)
            .get(0)
            .get(0));
  }

  private synchronized void add(Way way, long took) {
    millis.computeIfAbsent(way, any -> new ArrayList<>()).add(took);
  }

  synchronized List<Long> sorted(Way way) {
    return millis.getOrDefault(way, List.of()).stream().sorted().toList();
  }
}
