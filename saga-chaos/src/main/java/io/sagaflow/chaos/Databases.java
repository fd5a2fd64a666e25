package io.sagaflow.chaos;

import io.sagaflow.jdbc.PostgresSagaStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The two databases: the journal's, which is killed, and the ledger's, which no fault touches.
 *
 * @param journal the library's
 * @param pooler what stands between the nodes and the library's database
 * @param ledger the participants'
 */
record Databases(JournalServer journal, Optional<Pooler> pooler, EmbeddedPostgres ledger)
    implements AutoCloseable {

  /**
   * PgBouncer keeps the name of an application per client when it comes with the first message; the
   * driver sends it there when it needn't ask for the version, and else by SET, which goes astray.
   */
  private static final String THROUGH_POOLER = "&prepareThreshold=0&assumeMinServerVersion=14";

  private static final String BINARIES = "SELECT setting FROM pg_config WHERE name = 'BINDIR'";

  /** Starts both. The ledger's server is unpacked first, and lends the other one its binaries. */
  static Databases start(Path directory, Topology topology)
      throws IOException, InterruptedException, SQLException {
    EmbeddedPostgres ledger = topology.version().embedded().start();
    try {
      Path binaries;
      try (Connection connection = Sql.connect(Sql.url(ledger.getPort(), "chaos"))) {
        binaries = Path.of(Sql.rows(connection, BINARIES).get(0).get(0));
      }
      JournalServer journal = JournalServer.create(binaries, directory, topology.version());
      Optional<Pooler> pooler =
          topology.pooler()
              ? Optional.of(Pooler.start(directory, journal::port))
              : Optional.empty();
      Databases databases = new Databases(journal, pooler, ledger);
      databases.createTables();
      if (topology.standby()) {
        journal.attachStandby();
      }
      return databases;
    } catch (IOException | InterruptedException | SQLException | RuntimeException e) {
      ledger.close();
      throw e;
    }
  }

  private void createTables() throws SQLException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(entranceUrl(entrance(), "chaos"));
    PostgresSagaStore store = PostgresSagaStore.create(source);
    store.open();
    store.close();
    try (Connection connection = journal.connect()) {
      Ledger.createBesideTheJournal(connection);
    }
  }

  /** The port at which nodes find the journal's database at this moment. */
  int entrance() {
    return pooler.map(Pooler::port).orElseGet(journal::port);
  }

  /** How nodes connect to a port that leads to the entrance. */
  String entranceUrl(int port, String name) {
    return Sql.url(port, name) + (pooler.isPresent() ? THROUGH_POOLER : "");
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
      if (pooler.isPresent()) {
        pooler.get().close();
      }
      journal.close();
    } finally {
      ledger.close();
    }
  }
}
