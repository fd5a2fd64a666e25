package io.sagaflow.jdbc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.SagaStoreException;
import io.sagaflow.testsupport.Database;
import io.sagaflow.testsupport.TestPostgres;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The barrier's table, and who creates it. */
class BarrierTableTest {

  private final Database database = TestPostgres.freshDatabase();
  private final DataSource dataSource = database.dataSource();
  private final Look look = new Look(dataSource);

  @Test
  void givenEmptyDatabase_whenFourNodesCreateTheTableAtOnce_thenAllFindIt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Callable<Boolean>> nodes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      nodes.add(
          () -> {
            ParticipantBarrier.create(dataSource).createTable();
            return true;
          });
    }

    for (Future<Boolean> node : threads.invokeAll(nodes)) {
      assertThat(node.get(60, SECONDS)).isTrue();
    }
    threads.shutdown();
    assertThat(look.query("SELECT count(*) FROM saga_barrier")).containsExactly("0");
  }

  @Test
  void givenPrintedSql_whenApplied_thenTheBarrierOfThoseNamesWorks() throws Exception {
    ParticipantBarrier barrier = ParticipantBarrier.create(dataSource, "shop", "call_");

    look.execute("CREATE SCHEMA shop;" + barrier.schemaSql());
    look.execute(barrier.schemaSql());
    barrier.createTable();
    new Till(dataSource, barrier).refund();

    assertThat(look.query("SELECT direction FROM shop.call_barrier ORDER BY direction"))
        .containsExactly("A", "C");
  }

  /** The documented rights; a right to create tables isn't among them. */
  @Test
  void givenAUserWhoMayNotCreateTables_whenTheTableIsThere_thenNothingIsMissing() throws Exception {
    Till.createTables(dataSource);
    String user = "participant_" + UUID.randomUUID().toString().replace('-', '_');
    look.execute("CREATE ROLE " + user + " LOGIN PASSWORD 'pass'");
    look.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON saga_barrier TO " + user);
    look.execute("GRANT INSERT ON booking TO " + user);
    try (HikariDataSource restricted = new HikariDataSource()) {
      restricted.setJdbcUrl(database.jdbcUrl().replaceAll("(user|password)=[^&]*&?", ""));
      restricted.setUsername(user);
      restricted.setPassword("pass");
      ParticipantBarrier barrier = ParticipantBarrier.create(restricted);
      Till till = new Till(dataSource, barrier);

      barrier.createTable();
      till.charge();
      till.refund();
      till.age(31);

      assertThat(barrier.purge(java.time.Duration.ofDays(30), 10)).isEqualTo(1);
    } finally {
      look.execute("DROP OWNED BY " + user);
      look.execute("DROP ROLE " + user);
    }
  }

  @Test
  void givenNoSuchSchema_whenTheTableIsCreated_thenTheMessageSaysWhatToDo() {
    ParticipantBarrier barrier = ParticipantBarrier.create(dataSource, "nowhere", "call_");

    assertThatThrownBy(barrier::createTable)
        .isInstanceOf(SagaStoreException.class)
        .hasMessageContaining("nowhere")
        .hasMessageContaining("Create the schema");
  }

  @Test
  void givenNamesThatAreSql_whenCreated_thenTheyAreRefused() {
    assertThatThrownBy(() -> ParticipantBarrier.create(dataSource, "public; DROP", "saga_"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("schema");
    assertThatThrownBy(() -> ParticipantBarrier.create(dataSource, "public", "Saga-"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tablePrefix");
  }

  /** Both in one database and schema, as in a monolith. */
  @Test
  void givenTheTablesOfAStore_whenTheBarrierLiesBesideThem_thenBothAreThere() {
    try (PostgresSagaStore store = PostgresSagaStore.create(dataSource)) {
      store.open();
      ParticipantBarrier.create(dataSource).createTable();

      assertThatCode(store::open).doesNotThrowAnyException();
    }
  }
}
