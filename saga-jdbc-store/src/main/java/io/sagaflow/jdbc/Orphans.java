package io.sagaflow.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Frees the sagas of dead nodes. The dead are found by a statement of its own: an id never gets its
 * lease back, so an owner found dead stays dead, whereas a single statement that met a row changed
 * since its snapshot would look for the row's <em>new</em> owner among the nodes of the old
 * snapshot, and could take a saga from a node that has just joined.
 *
 * <p>Owners are few and their sagas many, so the first statement goes from one owner to the next in
 * the index, and not through it (a loose index scan).
 */
final class Orphans {

  private final Database database;
  private final String deadOwners;
  private final String release;

  Orphans(Database database, Tables tables) {
    this.database = database;
    this.deadOwners =
        tables.fill(
            """
            WITH RECURSIVE owners(owner) AS (
              (SELECT owner FROM ${t}instance WHERE owner IS NOT NULL ORDER BY owner LIMIT 1)
              UNION ALL
              SELECT (SELECT i.owner FROM ${t}instance i WHERE i.owner > o.owner
                      ORDER BY i.owner LIMIT 1)
              FROM owners o WHERE o.owner IS NOT NULL)
            SELECT o.owner FROM owners o
            WHERE o.owner IS NOT NULL
              AND NOT EXISTS (SELECT FROM ${t}node n WHERE n.id = o.owner)
            """);
    // It asks for a range of owners, and not for what equals one: so the order is worth something
    // to the planner, which keeps to the index of what is owned. By the ids it would go through
    // all that has been freed already, each time.
    this.release =
        tables.fill(
            """
            UPDATE ${t}instance SET owner = NULL, orphaned = true, wake_at = '-infinity'
            WHERE id = ANY (ARRAY(
              SELECT id FROM ${t}instance WHERE owner BETWEEN ? AND ?
              ORDER BY owner LIMIT ? FOR UPDATE SKIP LOCKED))
            """);
  }

  int release(int limit) {
    return database.autocommit(
        "free the sagas of dead nodes",
        connection -> {
          int freed = 0;
          for (UUID owner : deadOwners(connection)) {
            freed += freed < limit ? release(connection, owner, limit - freed) : 0;
          }
          return freed;
        });
  }

  private List<UUID> deadOwners(Connection connection) throws SQLException {
    List<UUID> dead = new ArrayList<>();
    try (PreparedStatement statement = Database.prepare(connection, deadOwners);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        dead.add(rows.getObject(1, UUID.class));
      }
    }
    return dead;
  }

  private int release(Connection connection, UUID owner, int limit) throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, release)) {
      statement.setObject(1, owner);
      statement.setObject(2, owner);
      statement.setInt(3, limit);
      return statement.executeUpdate();
    }
  }
}
