package io.sagaflow.chaos.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/** Reads histories by plain SQL: the library's documented tables, and those of the suite. */
public final class SqlHistories {

  private static final String SAGAS =
      "SELECT id, definition, version, status FROM saga_instance WHERE id = ANY(?)";

  private static final String RECORDS =
      """
      SELECT j.saga_id, j.seq, j.kind, coalesce(j.step, ''), pg_xact_commit_timestamp(j.xmin),
             coalesce(w.leased, true)
      FROM saga_journal j LEFT JOIN chaos_witness w ON w.saga_id = j.saga_id AND w.seq = j.seq
      WHERE j.saga_id = ANY(?) ORDER BY j.saga_id, j.seq
      """;

  private static final String EFFECTS =
      "SELECT saga_id, step, kind, at FROM chaos_ledger WHERE saga_id = ANY(?)";

  private static final String CALLS =
      """
      SELECT saga_id, step, direction, idempotency_key, began_at, caller FROM chaos_call
      WHERE saga_id = ANY(?) ORDER BY id
      """;

  private static final History.Evidence NO_EVIDENCE = new History.Evidence(List.of(), List.of());

  private final Connection journal;
  private final Connection ledger;
  private final Collection<Pause> pauses;

  /**
   * Reads from two databases.
   *
   * @param journal the library's
   * @param ledger the participants'
   * @param pauses when callers were stopped
   */
  public SqlHistories(Connection journal, Connection ledger, Collection<Pause> pauses) {
    this.journal = journal;
    this.ledger = ledger;
    this.pauses = pauses;
  }

  /** Makes a value of a row; the saga's id is in the first column. */
  @FunctionalInterface
  private interface Reader<T> {

    T read(ResultSet row) throws SQLException;
  }

  /**
   * Reads some histories, the journal in one snapshot and the ledgers after it.
   *
   * @param ids whose
   * @param promises what was promised of a saga
   * @return the histories
   * @throws SQLException if a database doesn't answer
   */
  public List<History> read(Set<UUID> ids, Function<UUID, Promise> promises) throws SQLException {
    journal.setAutoCommit(false);
    journal.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    try {
      Map<UUID, List<SagaRow>> sagas = query(journal, SAGAS, ids, SqlHistories::saga);
      Map<UUID, List<RecordRow>> records = query(journal, RECORDS, ids, SqlHistories::row);
      Map<UUID, History.Evidence> evidence = evidence(ids);
      return ids.stream()
          .map(
              id ->
                  new History(
                      id,
                      promises.apply(id),
                      sagas.getOrDefault(id, List.of()).stream().findFirst(),
                      records.getOrDefault(id, List.of()),
                      evidence.getOrDefault(id, NO_EVIDENCE)))
          .toList();
    } finally {
      journal.rollback();
      journal.setAutoCommit(true);
    }
  }

  /** The effects of transactional steps are beside the journal, all others in the ledger. */
  private Map<UUID, History.Evidence> evidence(Set<UUID> ids) throws SQLException {
    Map<UUID, List<EffectRow>> effects = query(journal, EFFECTS, ids, SqlHistories::effect);
    query(ledger, EFFECTS, ids, SqlHistories::effect)
        .forEach((id, more) -> effects.computeIfAbsent(id, any -> new ArrayList<>()).addAll(more));
    Map<UUID, List<CallRow>> calls = query(ledger, CALLS, ids, this::call);
    Map<UUID, History.Evidence> evidence = new HashMap<>();
    for (UUID id : ids) {
      evidence.put(
          id,
          new History.Evidence(
              effects.getOrDefault(id, List.of()), calls.getOrDefault(id, List.of())));
    }
    return evidence;
  }

  private static <T> Map<UUID, List<T>> query(
      Connection connection, String sql, Set<UUID> ids, Reader<T> reader) throws SQLException {
    Map<UUID, List<T>> found = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("uuid", ids.toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          UUID id = rows.getObject(1, UUID.class);
          found.computeIfAbsent(id, any -> new ArrayList<>()).add(reader.read(rows));
        }
      }
    }
    return found;
  }

  private static SagaRow saga(ResultSet row) throws SQLException {
    return new SagaRow(row.getString(2), row.getInt(3), row.getString(4));
  }

  private static RecordRow row(ResultSet row) throws SQLException {
    return new RecordRow(
        row.getLong(2),
        row.getString(3),
        row.getString(4),
        Optional.ofNullable(row.getTimestamp(5)).map(Timestamp::toInstant),
        row.getBoolean(6));
  }

  private static EffectRow effect(ResultSet row) throws SQLException {
    return new EffectRow(
        row.getString(2),
        EffectRow.Kind.valueOf(row.getString(3)),
        row.getTimestamp(4).toInstant());
  }

  private CallRow call(ResultSet row) throws SQLException {
    Instant beganAt = row.getTimestamp(5).toInstant();
    String caller = row.getString(6);
    boolean excused = pauses.stream().anyMatch(pause -> pause.excuses(caller, beganAt));
    return new CallRow(
        row.getString(2), row.getString(3).equals("action"), row.getString(4), beganAt, excused);
  }
}
