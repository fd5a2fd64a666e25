package io.sagaflow.jdbc;

import static io.sagaflow.jdbc.Samples.await;
import static io.sagaflow.jdbc.Samples.saga;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.LocalTransaction;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.JoinedStart;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.TransactionalStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Starts within transactions of callers, with what PostgreSQL does when two of them meet. */
class StartInTransactionTest {

  private final DataSource database = SharedDatabase.emptied();
  private final Look look = new Look(database);
  private final PostgresSagaStore store = PostgresSagaStore.create(database);
  private final Connection connection = SharedDatabase.begin();
  private final Connection other = SharedDatabase.begin();

  @BeforeEach
  void open() throws SQLException {
    look.execute("CREATE TABLE IF NOT EXISTS business (id text PRIMARY KEY)");
    look.execute("TRUNCATE business");
    store.open();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
    other.close();
    store.close();
  }

  private JoinedStart start(Connection within, NewSaga saga) {
    TransactionalStore joining = store.transactions().orElseThrow();
    return joining.start(new LocalTransaction(within), saga);
  }

  private CompletableFuture<JoinedStart> startLater(Connection within, NewSaga saga) {
    return CompletableFuture.supplyAsync(
        () -> start(within, saga), task -> new Thread(task).start());
  }

  @Test
  void givenTransactionOfTheUser_whenCommitted_thenBusinessAndSagaAreThere() throws Exception {
    Shop shop = new Shop();
    try (SagaCoordinator coordinator = shop.coordinator(store, "node-1").start()) {
      Look.execute(connection, "INSERT INTO business VALUES ('42')");
      SagaHandle saga = coordinator.start(connection, shop.placeOrder, "42", new Shop.Order("42"));
      assertThat(look.query("SELECT 1 FROM saga_instance")).isEmpty();

      connection.commit();

      assertThat(saga.await(Shop.SOON).isCompleted()).isTrue();
      assertThat(look.query("SELECT id FROM business")).containsExactly("42");
    }
  }

  @Test
  void givenTransactionOfTheUser_whenItsConnectionBreaks_thenNeitherBusinessNorSaga()
      throws Exception {
    Look.execute(connection, "INSERT INTO business VALUES ('42')");
    start(connection, saga("order-42"));

    connection.abort(Runnable::run);

    assertThat(look.query("SELECT id FROM business")).isEmpty();
    assertThat(look.query("SELECT id FROM saga_instance")).isEmpty();
    assertThat(start(other, saga("order-42")).created()).isTrue(); // waits for the rollback
  }

  /**
   * A batch that waited for the user's commit would hold up whatever else its lane has to write.
   */
  @Test
  void givenKeyOfAnOpenTransaction_whenItIsStartedWithout_thenOnlyThatIsRefusedAndNothingWaits()
      throws Exception {
    NodeId node = store.join("a");
    NewSaga mine = saga("order-42");
    start(connection, mine);
    List<CompletionStage<StartResult>> others = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      others.add(store.start(node, saga("order-" + (100 + i))));
    }
    CompletionStage<StartResult> same = store.start(node, saga("order-42"));

    assertThatThrownBy(() -> await(same))
        .hasCauseInstanceOf(JournalRefusedException.class)
        .hasMessageContaining("still under way");
    for (CompletionStage<StartResult> each : others) {
      assertThat(await(each).created()).isTrue();
    }
    connection.commit();
    assertThat(await(store.start(node, saga("order-42"))))
        .isEqualTo(new StartResult(mine.header().id(), false));
  }

  @Test
  void givenKeysOfATransactionThatEnded_whenStartedWithout_thenTheyAreFree() throws Exception {
    NodeId node = store.join("a");
    start(connection, saga("rolled-back"));
    connection.rollback();
    start(connection, saga("first"));
    Savepoint savepoint = connection.setSavepoint();
    start(connection, saga("undone"));
    connection.rollback(savepoint);

    assertThat(await(store.start(node, saga("rolled-back"))).created()).isTrue();
    assertThat(await(store.start(node, saga("undone"))).created()).isTrue();
    assertThat(look.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'")).hasSize(1);
  }

  @Test
  void givenSavepoint_whenRolledBackToIt_thenTheSagaStartedBehindItIsGone() throws Exception {
    start(connection, saga("kept"));
    Savepoint savepoint = connection.setSavepoint();
    start(connection, saga("dropped"));

    connection.rollback(savepoint);
    connection.commit();

    assertThat(look.query("SELECT business_key FROM saga_instance")).containsExactly("kept");
    assertThat(look.query("SELECT business_key FROM saga_history")).containsExactly("kept");
  }

  @Test
  void givenStartUnderWay_whenAnotherStartsTheKeyAndItIsCommitted_thenTheOtherFindsThatSaga()
      throws Exception {
    NewSaga first = saga("order-42");
    start(connection, first);
    CompletableFuture<JoinedStart> second = startLater(other, saga("order-42"));
    look.awaitLockWait();

    connection.commit();

    JoinedStart joined = second.get(60, TimeUnit.SECONDS);
    assertThat(joined.created()).isFalse();
    assertThat(joined.sagaId()).isEqualTo(first.header().id());
    assertThat(joined.input()).isEqualTo(first.first().payload());
    other.commit();
  }

  @Test
  void givenStartUnderWay_whenAnotherStartsTheKeyAndItIsRolledBack_thenTheOtherHasIt()
      throws Exception {
    start(connection, saga("order-42"));
    NewSaga saga = saga("order-42");
    CompletableFuture<JoinedStart> second = startLater(other, saga);
    look.awaitLockWait();

    connection.rollback();

    assertThat(second.get(60, TimeUnit.SECONDS).created()).isTrue();
    other.commit();
    assertThat(look.query("SELECT saga_id FROM saga_journal"))
        .containsExactly(saga.header().id().toString());
  }

  /** Its snapshot is older than the saga that has the key, so it can't be shown that one. */
  @Test
  void givenRepeatableRead_whenTheKeyWasTakenSinceItsSnapshot_thenItIsToldToRepeat()
      throws Exception {
    other.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    Look.execute(other, "SELECT count(*) FROM business");
    start(connection, saga("order-42"));
    connection.commit();

    assertThatThrownBy(() -> start(other, saga("order-42")))
        .isInstanceOf(SagaStoreException.class)
        .hasMessageContaining("rolled back, and may then be repeated")
        .satisfies(
            e ->
                assertThat(e.getCause())
                    .isInstanceOfSatisfying(
                        SQLException.class,
                        sql -> assertThat(sql.getSQLState()).isEqualTo("40001")));

    other.rollback();
    assertThat(start(other, saga("order-42")).created()).isFalse();
  }

  @Test
  void givenTransactionsThatStartTwoKeysCrosswise_whenTheyMeet_thenOneIsToldToRepeat()
      throws Exception {
    start(connection, saga("one"));
    start(other, saga("two"));
    CompletableFuture<JoinedStart> second = startLater(other, saga("one"));
    look.awaitLockWait();

    CompletableFuture<JoinedStart> first = startLater(connection, saga("two"));

    Look.await("both", () -> first.isDone() && second.isDone()); // to fail is to let the other go
    assertThat(first.isCompletedExceptionally()).isNotEqualTo(second.isCompletedExceptionally());
    CompletableFuture<JoinedStart> loser = first.isCompletedExceptionally() ? first : second;
    assertThatThrownBy(loser::join)
        .hasCauseInstanceOf(SagaStoreException.class)
        .hasMessageContaining("may then be repeated");
  }

  @Test
  void givenAutocommit_whenStarted_thenRefusedAndNothingIsWritten() throws Exception {
    connection.setAutoCommit(true);

    assertThatThrownBy(() -> start(connection, saga("order-42")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("autocommit")
        .hasMessageContaining("setAutoCommit(false)");
    assertThat(look.query("SELECT id FROM saga_instance")).isEmpty();
  }

  @Test
  void givenReadOnlyOrClosedConnection_whenStarted_thenRefused() throws Exception {
    connection.setReadOnly(true);
    other.close();

    assertThatThrownBy(() -> start(connection, saga("order-42")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("read-only");
    assertThatThrownBy(() -> start(other, saga("order-42")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void givenConnectionToADatabaseWithoutTheTables_whenStarted_thenItSaysWhatIsMissing()
      throws Exception {
    String elsewhere = SharedDatabase.url().replaceFirst("/[^/?]+(\\?|$)", "/postgres$1");
    try (Connection foreign = DriverManager.getConnection(elsewhere)) {
      foreign.setAutoCommit(false);

      assertThatThrownBy(() -> start(foreign, saga("order-42")))
          .isInstanceOf(SagaStoreException.class)
          .hasMessageContaining("saga_instance")
          .hasMessageContaining("can only be rolled back.");
    }
  }

  @Test
  void givenSpoiledTransaction_whenStarted_thenItSaysToRollBack() {
    assertThatThrownBy(() -> Look.execute(connection, "SELECT * FROM nowhere"))
        .isInstanceOf(SQLException.class);

    assertThatThrownBy(() -> start(connection, saga("order-42")))
        .isInstanceOf(SagaStoreException.class)
        .hasMessageContaining("can only be rolled back");
  }

  /** A statement each would be a round trip each, in a transaction that holds the user's locks. */
  @Test
  void givenStart_whenExecuted_thenItIsOneStatementAndLeavesTheConnectionAsItWas()
      throws Exception {
    int isolation = connection.getTransactionIsolation();

    start(connection, saga("order-42"));

    assertThat(connection.getAutoCommit()).isFalse();
    assertThat(connection.getTransactionIsolation()).isEqualTo(isolation);
    connection.commit();
    assertThat(look.query("SELECT wake_at = 'epoch' FROM saga_instance WHERE owner IS NULL"))
        .containsExactly("t");
  }
}
