package io.sagaflow.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the server says of itself.
 *
 * @param version the server's version
 * @param values its settings that matter to what is measured, as it shows them
 */
record ServerSettings(String version, Map<String, String> values) {

  private static final List<String> NAMES =
      List.of(
          "fsync",
          "synchronous_commit",
          "full_page_writes",
          "wal_sync_method",
          "wal_level",
          "wal_compression",
          "shared_buffers",
          "wal_buffers",
          "max_wal_size",
          "checkpoint_timeout",
          "commit_delay",
          "max_connections",
          "autovacuum");

  /** Without these a commit that was answered can be lost. */
  private static final List<String> DURABLE = List.of("fsync", "synchronous_commit");

  ServerSettings {
    values = Map.copyOf(values);
  }

  static ServerSettings of(Connection connection) throws SQLException {
    Map<String, String> values = new LinkedHashMap<>();
    for (String name : NAMES) {
      values.put(name, Sql.text(connection, "SHOW " + name));
    }
    return new ServerSettings(Sql.text(connection, "SHOW server_version"), values);
  }

  /** Refuses a server that answers a commit before it is on the disk. */
  void requireDurable() {
    for (String name : DURABLE) {
      if ("off".equals(values.get(name))) {
        throw new NotUsableException(
            "The server has "
                + name
                + " off: its commits aren't durable, so nothing is measured. Set "
                + name
                + " = on.");
      }
    }
  }

  /** The settings in the order of importance. */
  Map<String, String> inOrder() {
    Map<String, String> ordered = new LinkedHashMap<>();
    NAMES.forEach(name -> ordered.put(name, values.getOrDefault(name, "")));
    return ordered;
  }
}
