package io.sagaflow.chaos;

import io.sagaflow.chaos.audit.Auditor;
import io.sagaflow.chaos.audit.Finding;
import io.sagaflow.chaos.audit.Pause;
import io.sagaflow.chaos.audit.Promise;
import io.sagaflow.chaos.audit.SqlHistories;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Counts sagas four times a second, and has those that moved audited every second. */
final class Monitor implements AutoCloseable {

  private static final int COUNT_EVERY_MILLIS = 250;
  private static final int AUDIT_EVERY = 4;
  private static final int PROGRESS_EVERY = 12;
  private static final int MOST_AT_ONCE = 4_000;
  private static final int MOST_FINDINGS = 1_000;

  private static final String MOVED =
      "SELECT id, saga_id FROM chaos_witness WHERE id > ? ORDER BY id LIMIT " + MOST_AT_ONCE;

  private final Databases databases;
  private final Auditor auditor;
  private final PrintStream err;
  private final List<Pause> pauses;
  private final ConcurrentLinkedQueue<Finding> findings = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean open = new AtomicBoolean(true);
  private final Thread thread = new Thread(this::run, "monitor");
  private volatile Counts counts = new Counts(Map.of(), 0);
  private volatile String phase = "starting";
  private volatile Supplier<String> more = () -> "";
  private long seen; // by the monitor's thread alone
  private final AtomicLong audits = new AtomicLong();

  Monitor(Databases databases, Auditor auditor, List<Pause> pauses, PrintStream err) {
    this.databases = databases;
    this.auditor = auditor;
    this.pauses = pauses;
    this.err = err;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  Counts counts() {
    return counts;
  }

  /** What was found while the run went on. */
  List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** How many histories were audited online. */
  long audits() {
    return audits.get();
  }

  /** What else the line of progress says. */
  void tells(Supplier<String> next) {
    more = next;
  }

  void phase(String next) {
    phase = next;
  }

  private void run() {
    try {
      for (int tick = 0; open.get(); tick++) {
        look(tick);
        Await.pause(COUNT_EVERY_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(int tick) {
    try (Connection journal = databases.journal().connect()) {
      counts = Counts.read(journal);
      if (tick % AUDIT_EVERY == 0) {
        audit(journal);
      }
    } catch (SQLException e) {
      // the database is down, as it should be now and then
    }
    if (tick % PROGRESS_EVERY == 0) {
      progress();
    }
  }

  private void audit(Connection journal) throws SQLException {
    Set<UUID> moved = new LinkedHashSet<>();
    long last = seen;
    for (List<String> row : Sql.rows(journal, MOVED, seen)) {
      last = Long.parseLong(row.get(0));
      moved.add(UUID.fromString(row.get(1)));
    }
    try (Connection ledger = databases.connectLedger()) {
      new SqlHistories(journal, ledger, pauses)
          .read(moved, id -> Promise.NONE)
          .forEach(history -> add(auditor.online(history)));
    }
    audits.addAndGet(moved.size());
    seen = last; // a record that is committed late, behind it, is left to the audit at the end
  }

  private void add(List<Finding> found) {
    for (Finding finding : found) {
      if (findings.size() < MOST_FINDINGS && !findings.contains(finding)) {
        findings.add(finding);
        err.println("VIOLATION " + finding);
      }
    }
  }

  private void progress() {
    Counts now = counts;
    err.printf(
        Locale.ROOT,
        "%-9s %,7d ended, %,5d under way (%,d parked), %,3d stuck, %,d audited, %d violations; %s%n",
        phase,
        now.ended(),
        now.underWay(),
        now.naps(),
        now.of("STUCK"),
        audits.get(),
        findings.size(),
        more.get());
  }

  @Override
  public void close() {
    open.set(false);
  }
}
