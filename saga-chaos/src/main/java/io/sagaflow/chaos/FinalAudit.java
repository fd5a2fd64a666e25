package io.sagaflow.chaos;

import io.sagaflow.chaos.audit.Auditor;
import io.sagaflow.chaos.audit.Finding;
import io.sagaflow.chaos.audit.Pause;
import io.sagaflow.chaos.audit.Promise;
import io.sagaflow.chaos.audit.SqlHistories;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** Looks at every saga that anybody has heard of: a client, the journal, or a ledger. */
final class FinalAudit {

  private static final int AT_ONCE = 1_000;

  private final Databases databases;
  private final Auditor auditor;
  private final List<Pause> pauses;

  FinalAudit(Databases databases, Auditor auditor, List<Pause> pauses) {
    this.databases = databases;
    this.auditor = auditor;
    this.pauses = pauses;
  }

  List<Finding> run(Map<UUID, Promise> promises) throws SQLException {
    try (Connection journal = databases.journal().connect();
        Connection ledger = databases.connectLedger()) {
      Set<UUID> heardOf = new TreeSet<>(promises.keySet());
      heardOf.addAll(ids(journal, "SELECT id FROM saga_instance"));
      heardOf.addAll(ids(journal, "SELECT DISTINCT saga_id FROM saga_journal"));
      heardOf.addAll(ids(journal, "SELECT DISTINCT saga_id FROM chaos_ledger"));
      heardOf.addAll(ids(ledger, "SELECT DISTINCT saga_id FROM chaos_ledger"));
      SqlHistories histories = new SqlHistories(journal, ledger, pauses);
      List<Finding> findings = new ArrayList<>();
      List<UUID> all = List.copyOf(heardOf);
      for (int from = 0; from < all.size(); from += AT_ONCE) {
        Set<UUID> some = new HashSet<>(all.subList(from, Math.min(from + AT_ONCE, all.size())));
        histories
            .read(some, id -> promises.getOrDefault(id, Promise.NONE))
            .forEach(history -> findings.addAll(auditor.atTheEnd(history)));
      }
      return findings;
    }
  }

  private static List<UUID> ids(Connection connection, String sql) throws SQLException {
    return Sql.rows(connection, sql).stream().map(row -> UUID.fromString(row.get(0))).toList();
  }
}
