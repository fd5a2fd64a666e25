package io.sagaflow.chaos;

import io.sagaflow.jdbc.PostgresSagaStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The two databases: the journal's, which is killed, and the ledger's, which no fault touches.
 *
 * @param journal the library's
 * @param ledger the participants'
 */
record Databases(JournalServer journal, EmbeddedPostgres ledger) implements AutoCloseable {

  private static final String BINARIES = "SELECT setting FROM pg_config WHERE name = 'BINDIR'";

  /** Starts both. The ledger's server is unpacked first, and lends the other one its binaries. */
  static Databases start(Path directory) throws IOException, InterruptedException, SQLException {
    EmbeddedPostgres ledger = EmbeddedPostgres.builder().start();
    try {
      Path binaries;
      try (Connection connection = Sql.connect(Sql.url(ledger.getPort(), "chaos"))) {
        binaries = Path.of(Sql.rows(connection, BINARIES).get(0).get(0));
      }
      Databases databases = new Databases(JournalServer.create(binaries, directory), ledger);
      databases.createTables();
      return databases;
    } catch (IOException | InterruptedException | SQLException | RuntimeException e) {
      ledger.close();
      throw e;
    }
  }

  private void createTables() throws SQLException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(Sql.url(journal.port(), "chaos"));
    PostgresSagaStore store = PostgresSagaStore.create(source);
    store.open();
    store.close();
    try (Connection connection = journal.connect()) {
      Ledger.createBesideTheJournal(connection);
    }
  }

  Connection connectLedger() throws SQLException {
    return Sql.connect(ledgerUrl());
  }

  String ledgerUrl() {
    return Sql.url(ledger.getPort(), "chaos");
  }

  @Override
  public void close() throws IOException {
    try {
      journal.close();
    } finally {
      ledger.close();
    }
  }
}
