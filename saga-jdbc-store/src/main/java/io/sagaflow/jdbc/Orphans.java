package io.sagaflow.jdbc;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;

/**
 * Frees the sagas of dead nodes. In two statements: an id never gets its lease back, so an owner
 * found dead stays dead, whereas a single statement that met a row changed since its snapshot would
 * look for the row's <em>new</em> owner among the nodes of the old snapshot, and could take a saga
 * from a node that has just joined.
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
    this.release =
        tables.fill(
            """
            UPDATE ${t}instance SET owner = NULL, orphaned = true, wake_at = '-infinity'
            WHERE id IN (SELECT id FROM ${t}instance WHERE owner = ANY (?)
                         ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED)
            """);
  }

  int release(int limit) {
    return database.autocommit(
        "free the sagas of dead nodes",
        connection -> {
          List<Object> dead = new ArrayList<>();
          try (PreparedStatement statement = Database.prepare(connection, deadOwners);
              ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
              dead.add(rows.getObject(1));
            }
          }
          if (dead.isEmpty()) {
            return 0;
          }
          try (PreparedStatement statement = Database.prepare(connection, release)) {
            Array owners = connection.createArrayOf("uuid", dead.toArray());
            statement.setArray(1, owners);
            statement.setInt(2, limit);
            return statement.executeUpdate();
          }
        });
  }
}
