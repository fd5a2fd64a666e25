package io.sagaflow.jdbc;

import io.sagaflow.SagaId;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases. A node lives while its rows exist. Evicting <em>deletes</em> them, which waits for
 * the statements that hold one of them FOR KEY SHARE and shuts the door behind them; counting a
 * beat changes no key and waits for nobody.
 */
final class Nodes {

  private static final Logger LOG = LoggerFactory.getLogger(Nodes.class);

  private static final int JOIN_TRIES = 20;
  private static final String UNIQUE_VIOLATION = "23505";

  private final Database database;
  private final int lanes;

  /**
   * Joins that failed. One whose commit broke may have happened, and then there is a node that
   * nobody is; who looks for others of its name must not find it. The next join deletes it.
   */
  private final Set<NodeId> ghosts = ConcurrentHashMap.newKeySet();

  /** How often each node of this store has renewed its lease, as far as that is acknowledged. */
  private final Map<NodeId, Long> renewals = new ConcurrentHashMap<>();

  private final String deleteName;
  private final String insert;
  private final String renew;
  private final String list;
  private final String delete;
  private final String deleteAndGoOn;
  private final String deleteSilent;
  private final String release;

  Nodes(Database database, Tables tables, int lanes) {
    this.database = database;
    this.lanes = lanes;
    this.deleteName = Bounds.LONG_WAITS.on(tables.fill("DELETE FROM ${t}node WHERE name = ?"));
    this.insert =
        tables.fill(
            """
            INSERT INTO ${t}node (id, node_id, name, lane)
            SELECT r.id, ?, ?, r.lane FROM unnest(?::uuid[], ?::int[]) AS r(id, lane)
            """);
    this.renew =
        tables.fill(
            """
            WITH renewed AS (
              UPDATE ${t}node SET beats = beats + 1 WHERE id = ? RETURNING node_id, name, beats)
            SELECT node_id, name, beats FROM renewed
            UNION ALL
            SELECT node_id, name, beats FROM ${t}node WHERE lane = 0 AND id <> ?
            """);
    this.list = tables.fill("SELECT node_id, name, beats FROM ${t}node WHERE lane = 0");
    this.delete = tables.fill("DELETE FROM ${t}node WHERE node_id = ?");
    this.deleteAndGoOn = Bounds.LONG_WAITS.on(delete);
    // The heartbeat row first: while this waits for a batch under way, no heartbeat gets through,
    // so a node that wakes up meanwhile doesn't believe that it has renewed its lease.
    this.deleteSilent =
        tables.fill(
            """
            WITH silent AS (SELECT node_id FROM ${t}node WHERE id = ? AND beats = ? FOR UPDATE)
            DELETE FROM ${t}node n USING silent WHERE n.node_id = silent.node_id
            """);
    this.release =
        tables.fill(
            """
            UPDATE ${t}instance
            SET owner = NULL, orphaned = orphaned OR id = ANY (?), wake_at = '-infinity'
            WHERE owner = ?
            """);
  }

  NodeId join(String name) {
    for (int tries = 1; ; tries++) {
      NodeId node = Slots.newNode();
      try {
        return database.rawTransaction(connection -> replace(connection, node, name));
      } catch (SQLException e) {
        ghosts.add(node);
        // Somebody joined under this name between the two statements: now there is a row to delete.
        if (!UNIQUE_VIOLATION.equals(e.getSQLState()) || tries == JOIN_TRIES) {
          throw SqlFailure.explain("join as node \"" + name + "\"", database.server(), e);
        }
      }
    }
  }

  private NodeId replace(Connection connection, NodeId node, String name) throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, deleteName)) {
      statement.setString(1, name);
      Bounds.execute(statement);
    }
    try (PreparedStatement statement = Database.prepare(connection, insert)) {
      Column id = Column.array();
      Column lane = Column.array();
      for (int i = 0; i <= lanes; i++) { // 0 is the heartbeat's
        id.add(Slots.slot(node, i));
        lane.add(i);
      }
      statement.setObject(1, node.value());
      statement.setString(2, name);
      Column.bindAll(statement, 3, List.of(id, lane));
      statement.executeUpdate();
    }
    return node;
  }

  /** Renews a lease; who has none, or one of a database that has lost commits, is fenced. */
  List<NodeBeat> heartbeat(NodeId self) {
    long acknowledged = renewals.getOrDefault(self, 0L);
    List<NodeBeat> all =
        database.autocommit(
            "renew the lease of node " + self,
            connection -> {
              try (PreparedStatement statement = Database.prepare(connection, renew)) {
                statement.setObject(1, self.value());
                statement.setObject(2, self.value());
                return read(statement);
              }
            });
    Optional<NodeBeat> own = all.stream().filter(beat -> beat.node().equals(self)).findFirst();
    if (own.isEmpty() || isLost(own.get(), acknowledged)) {
      renewals.remove(self);
      throw new NodeFencedException(self);
    }
    renewals.merge(self, own.get().beats(), Math::max);
    return all;
  }

  /** A counter that goes back was in a part of the history that the database no longer has. */
  private boolean isLost(NodeBeat own, long acknowledged) {
    if (own.beats() > acknowledged) {
      return false;
    }
    LOG.error(
        "PostgreSQL at {} has lost commits that it had acknowledged: node {} had renewed its lease"
            + " {} times, and the database knows of {}. Was a standby promoted that lagged, or a"
            + " backup restored? This node's sagas are carried on from what is left.",
        database.server(),
        own.name(),
        acknowledged,
        own.beats() - 1);
    return true;
  }

  List<NodeBeat> nodes() {
    return database.autocommit(
        "look at the nodes",
        connection -> {
          try (PreparedStatement statement = Database.prepare(connection, list)) {
            List<NodeBeat> beats = read(statement);
            beats.removeIf(beat -> ghosts.contains(beat.node()));
            return beats;
          }
        });
  }

  private static List<NodeBeat> read(PreparedStatement statement) throws SQLException {
    List<NodeBeat> beats = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        NodeId node = new NodeId(rows.getObject(1, UUID.class));
        beats.add(new NodeBeat(node, rows.getString(2), rows.getLong(3)));
      }
    }
    return beats;
  }

  void evict(NodeId node) {
    database.autocommit("evict node " + node, connection -> delete(connection, delete, node));
  }

  boolean evictIfSilent(NodeBeat seen) {
    return database.autocommit(
        "evict node " + seen.node() + " unless it is alive",
        connection -> {
          try (PreparedStatement statement = Database.prepare(connection, deleteSilent)) {
            statement.setObject(1, seen.node().value());
            statement.setLong(2, seen.beats());
            return statement.executeUpdate() > 0 || !hasLease(connection, seen.node());
          }
        });
  }

  private boolean hasLease(Connection connection, NodeId node) throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, list)) {
      return read(statement).stream().anyMatch(beat -> beat.node().equals(node));
    }
  }

  /** Shuts the door first, so that no write of this node can follow the release. */
  void leave(NodeId self, Set<SagaId> open) {
    renewals.remove(self);
    database.transaction(
        "leave as node " + self,
        connection -> {
          delete(connection, deleteAndGoOn, self);
          try (PreparedStatement statement = Database.prepare(connection, release)) {
            statement.setArray(
                1, connection.createArrayOf("uuid", open.stream().map(SagaId::value).toArray()));
            statement.setObject(2, self.value());
            return statement.executeUpdate();
          }
        });
  }

  private static boolean delete(Connection connection, String sql, NodeId node)
      throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, sql)) {
      statement.setObject(1, node.value());
      return statement.execute();
    }
  }
}
