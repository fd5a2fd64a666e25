package io.sagaflow.jdbc;

import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.DefinitionShape;
import io.sagaflow.store.DefinitionShapes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps the shapes of definitions in a table of their own, which few rows ever get into. */
final class Shapes implements DefinitionShapes {

  /** How many sagas in flight are looked at, of each status. */
  static final int MOST_SAGAS = 10_000;

  private final Database database;
  private final String keep;
  private final String select;
  private final String inFlight;

  Shapes(Database database, Tables tables) {
    this.database = database;
    this.keep =
        tables.fill(
            """
            INSERT INTO ${t}definition (name, version, fingerprint, shape)
            SELECT * FROM unnest(?::text[], ?::int[], ?::text[], ?::text[])
            ON CONFLICT DO NOTHING
            """);
    this.select =
        tables.fill("SELECT fingerprint, shape FROM ${t}definition WHERE name = ? AND version = ?");
    this.inFlight =
        tables.fill(
            """
            SELECT j.code, count(*)
            FROM unnest(ARRAY['RUNNING', 'COMPENSATING', 'STUCK']) s(status)
            CROSS JOIN LATERAL (
              SELECT i.id FROM ${t}instance i
              WHERE i.status <> 'COMPLETED' AND i.status = s.status
                AND i.definition = ? AND i.version = ?
              ORDER BY i.id LIMIT ?) i
            JOIN ${t}journal j ON j.saga_id = i.id AND j.seq = 1
            WHERE j.code IS NOT NULL GROUP BY j.code
            """);
  }

  /** In one order, so that nodes that start together don't wait for each other in a cycle. */
  @Override
  public void keep(Collection<DefinitionShape> shapes) {
    Column name = Column.array();
    Column version = Column.array();
    Column fingerprint = Column.array();
    Column text = Column.array();
    shapes.stream()
        .sorted(Comparator.comparing(shape -> shape.definition() + " " + shape.fingerprint()))
        .forEach(
            shape -> {
              name.add(shape.definition().name());
              version.add(shape.definition().version());
              fingerprint.add(shape.fingerprint());
              text.add(shape.shape());
            });
    database.autocommit(
        "keep the shapes of definitions",
        connection -> {
          try (PreparedStatement statement = Database.prepare(connection, keep)) {
            Column.bindAll(statement, 1, List.of(name, version, fingerprint, text));
            return statement.executeUpdate();
          }
        });
  }

  @Override
  public List<DefinitionShape> of(DefinitionRef definition) {
    return database.autocommit(
        "read the shapes of definition " + definition, connection -> of(connection, definition));
  }

  private List<DefinitionShape> of(Connection connection, DefinitionRef definition)
      throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, select)) {
      statement.setString(1, definition.name());
      statement.setInt(2, definition.version());
      List<DefinitionShape> shapes = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          shapes.add(new DefinitionShape(definition, rows.getString(1), rows.getString(2)));
        }
      }
      return shapes;
    }
  }

  @Override
  public Map<String, Long> inFlight(DefinitionRef definition) {
    return database.autocommit(
        "read with which steps sagas of " + definition + " were started",
        connection -> {
          try (PreparedStatement statement = Database.prepare(connection, inFlight)) {
            statement.setString(1, definition.name());
            statement.setInt(2, definition.version());
            statement.setInt(3, MOST_SAGAS);
            Map<String, Long> counts = new HashMap<>();
            try (ResultSet rows = statement.executeQuery()) {
              while (rows.next()) {
                counts.put(rows.getString(1), rows.getLong(2));
              }
            }
            return counts;
          }
        });
  }
}
