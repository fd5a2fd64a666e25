package io.sagaflow.chaos;

import java.sql.Connection;
import java.sql.SQLException;

/** The suite's own tables: what participants and the witness write. */
final class Ledger {

  /** In the participants' database, and for transactional steps in the journal's. */
  private static final String EFFECTS =
      """
      CREATE TABLE IF NOT EXISTS chaos_ledger (
        id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        saga_id uuid NOT NULL,
        step    text NOT NULL,
        kind    text NOT NULL,
        at      timestamptz NOT NULL DEFAULT clock_timestamp());
      CREATE INDEX IF NOT EXISTS chaos_ledger_saga ON chaos_ledger (saga_id);
      """;

  private static final String CALLS =
      """
      CREATE TABLE IF NOT EXISTS chaos_call (
        id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        saga_id         uuid NOT NULL,
        step            text NOT NULL,
        direction       text NOT NULL,
        idempotency_key text NOT NULL,
        began_at        timestamptz NOT NULL,
        arrived_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
        caller          text NOT NULL,
        fault           text NOT NULL);
      CREATE INDEX IF NOT EXISTS chaos_call_saga ON chaos_call (saga_id);
      """;

  /**
   * Notes for each record whether its writer had a lease while it wrote. The function's queries see
   * what is committed at that moment, and the statement's own changes. A transactional step locks
   * its saga's row instead of its slot, and may commit as long as the saga is owned.
   */
  private static final String WITNESS =
      """
      CREATE TABLE chaos_witness (
        id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        saga_id uuid NOT NULL,
        seq     bigint NOT NULL,
        writer  text NOT NULL,
        leased  boolean NOT NULL);
      CREATE INDEX chaos_witness_record ON chaos_witness (saga_id, seq);
      CREATE FUNCTION chaos_testify() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        self text := current_setting('application_name');
      BEGIN
        INSERT INTO chaos_witness (saga_id, seq, writer, leased) VALUES (
          NEW.saga_id, NEW.seq, self,
          EXISTS (SELECT 1 FROM saga_node n WHERE n.name = self)
          OR (NEW.step = 'book' AND EXISTS (
            SELECT 1 FROM saga_instance i WHERE i.id = NEW.saga_id AND i.owner IS NOT NULL)));
        RETURN NULL;
      END $$;
      CREATE TRIGGER chaos_testify AFTER INSERT ON saga_journal
        FOR EACH ROW EXECUTE FUNCTION chaos_testify();
      """;

  private Ledger() {}

  static void createForParticipants(Connection connection) throws SQLException {
    Sql.execute(connection, EFFECTS);
    Sql.execute(connection, CALLS);
  }

  /** The library's tables have to be there. */
  static void createBesideTheJournal(Connection connection) throws SQLException {
    Sql.execute(connection, EFFECTS);
    Sql.execute(connection, WITNESS);
  }

  static void enter(Connection connection, Object sagaId, String step, String kind)
      throws SQLException {
    Sql.update(
        connection,
        "INSERT INTO chaos_ledger (saga_id, step, kind) VALUES (?, ?, ?)",
        sagaId,
        step,
        kind);
  }
}
