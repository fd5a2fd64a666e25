package io.sagaflow.chaos;

import io.sagaflow.chaos.audit.Finding;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Puts the report together. */
final class Outcome {

  private static final String MISBEHAVED = "SELECT count(*) FROM chaos_call WHERE fault = ?";
  private static final String DUPLICATES =
      "SELECT count(*) - count(DISTINCT idempotency_key) FROM chaos_call";

  private final Options options;
  private final Databases databases;
  private final Monitor monitor;
  private final Clients clients;

  Outcome(Options options, Databases databases, Monitor monitor, Clients clients) {
    this.options = options;
    this.databases = databases;
    this.monitor = monitor;
    this.clients = clients;
  }

  /** What the run itself knows. */
  record Parts(
      Map<Fault, Integer> fired,
      Recoveries recoveries,
      Chaos.Throughput throughput,
      boolean rested) {}

  Report report(Parts parts, List<Finding> atTheEnd) throws SQLException {
    try (Connection journal = databases.journal().connect();
        Connection ledger = databases.connectLedger()) {
      return new Report(
          figures(parts, Counts.read(journal), ledger),
          faults(parts, ledger),
          violations(parts, atTheEnd));
    }
  }

  private Map<String, Object> figures(Parts parts, Counts counts, Connection ledger)
      throws SQLException {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("seed", options.seed());
    figures.put("seconds", options.seconds());
    figures.put("nodes", options.nodes());
    figures.put("lease_ms", options.lease().toMillis());
    figures.put("sagas_acknowledged", clients.started());
    figures.put("sagas_completed", counts.of("COMPLETED"));
    figures.put("sagas_compensated", counts.of("COMPENSATED"));
    figures.put("sagas_stuck_by_poison", counts.of("STUCK"));
    figures.put("sagas_under_way_at_the_end", counts.underWay());
    figures.put("histories_audited_online", monitor.audits());
    figures.put("calls", Sql.number(ledger, "SELECT count(*) FROM chaos_call"));
    figures.put("calls_repeated", Sql.number(ledger, DUPLICATES));
    for (Recoveries.Way way : Recoveries.Way.values()) {
      recovered(figures, way, parts.recoveries().sorted(way));
    }
    figures.put("sagas_per_second_quiet", rounded(parts.throughput().quiet()));
    figures.put("sagas_per_second_in_chaos", rounded(parts.throughput().chaos()));
    return figures;
  }

  private static void recovered(
      Map<String, Object> figures, Recoveries.Way way, List<Long> millis) {
    String name = "recovered_" + way.name().toLowerCase(Locale.ROOT);
    figures.put(name, millis.size());
    if (!millis.isEmpty()) {
      figures.put(name + "_p50_ms", percentile(millis, 0.5));
      figures.put(name + "_p99_ms", percentile(millis, 0.99));
      figures.put(name + "_max_ms", millis.get(millis.size() - 1));
    }
  }

  private static long percentile(List<Long> sorted, double share) {
    return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
  }

  private static double rounded(double value) {
    return Math.round(value * 10) / 10.0;
  }

  private static Map<String, Long> faults(Parts parts, Connection ledger) throws SQLException {
    Map<String, Long> faults = new LinkedHashMap<>();
    parts.fired().forEach((fault, count) -> faults.put(fault.words(), (long) count));
    for (Misbehaviour misbehaviour : Misbehaviour.values()) {
      if (misbehaviour != Misbehaviour.NONE) {
        String name = misbehaviour.name();
        faults.put(
            "participant " + name.toLowerCase(Locale.ROOT).replace('_', ' '),
            Sql.number(ledger, MISBEHAVED, name));
      }
    }
    return faults;
  }

  private List<String> violations(Parts parts, List<Finding> atTheEnd) {
    List<String> violations = new ArrayList<>();
    atTheEnd.forEach(finding -> violations.add("at the end: " + finding));
    monitor.findings().forEach(finding -> violations.add("online: " + finding));
    violations.addAll(clients.complaints());
    if (!parts.rested()) {
      violations.add("sagas were under way long after the last fault");
    }
    return violations;
  }
}
