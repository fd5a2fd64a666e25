package io.sagaflow.jdbc;

import static io.sagaflow.jdbc.Samples.append;
import static io.sagaflow.jdbc.Samples.await;
import static io.sagaflow.jdbc.Samples.saga;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.LocalTransaction;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import io.sagaflow.StepRejectedException;
import io.sagaflow.TransactionRunner;
import io.sagaflow.jdbc.BreakingDataSource.Break;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.TransactionalStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactional steps on a real PostgreSQL: the account and the journal agree, always. */
class TransactionalStepTest {

  private final DataSource database = SharedDatabase.emptied();
  private final Look look = new Look(database);
  private final BreakingDataSource network = new BreakingDataSource(database);
  private final PostgresSagaStore store = PostgresSagaStore.create(network);
  private final AtomicInteger calls = new AtomicInteger();

  interface Sql {
    void run(Connection connection) throws Exception;
  }

  private volatile Sql behaviour = connection -> {};

  private final SagaDefinition<String> deposit =
      SagaDefinition.named("deposit", String.class)
          .step("book")
          .transactional(
              (ctx, connection) -> {
                calls.incrementAndGet();
                book(connection, ctx.input());
                behaviour.run(connection);
              })
          .transactionalCompensation((ctx, connection) -> unbook(connection, ctx.input()))
          .retry(RetryPolicy.fixed(Duration.ofMillis(10)).maxAttempts(3))
          .step("check")
          .action(
              ctx -> {
                if (ctx.input().equals("refused")) {
                  throw new StepRejectedException("no");
                }
              })
          .pivot()
          .build();

  private static void book(Connection connection, String id) throws SQLException {
    update(connection, "INSERT INTO account VALUES (?)", id);
  }

  private static void unbook(Connection connection, String id) throws SQLException {
    update(connection, "DELETE FROM account WHERE id = ?", id);
  }

  private static void update(Connection connection, String sql, String id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, id);
      statement.executeUpdate();
    }
  }

  /** No key: an action that took effect twice is seen. */
  @BeforeEach
  void createAccount() throws SQLException {
    look.execute("DROP TABLE IF EXISTS account");
    look.execute("CREATE TABLE account (id text)");
  }

  @AfterEach
  void close() {
    network.heal();
    store.close();
  }

  private SagaCoordinatorBuilder builder() {
    return SagaCoordinator.builder()
        .store(store)
        .nodeName("node-1")
        .register(deposit)
        .leaseDuration(Duration.ofSeconds(2))
        .pollInterval(Duration.ofMillis(50));
  }

  private List<String> booked() throws SQLException {
    return look.query("SELECT id FROM account ORDER BY id");
  }

  @Test
  void givenManySagas_whenTheyRun_thenEachHasBookedOnce() throws Exception {
    try (SagaCoordinator coordinator = builder().start()) {
      List<SagaHandle> sagas = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        sagas.add(coordinator.start(deposit, "key-" + i, "a-" + i));
      }

      for (SagaHandle each : sagas) {
        assertThat(each.await(Shop.SOON).isCompleted()).isTrue();
      }
      assertThat(booked()).hasSize(50).doesNotHaveDuplicates();
    }
  }

  @Test
  void givenRejectionLaterOn_whenTheSagaTurns_thenTheTransactionalCompensationUndoes()
      throws Exception {
    try (SagaCoordinator coordinator = builder().start()) {
      SagaHandle saga = coordinator.start(deposit, "key", "refused");

      assertThat(saga.await(Shop.SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
      assertThat(booked()).isEmpty();
    }
  }

  @Test
  void givenStatementThatFails_whenTheActionSwallowsIt_thenNothingIsCommitted() throws Exception {
    behaviour =
        connection -> {
          assertThatThrownBy(() -> Look.execute(connection, "SELECT * FROM nowhere"))
              .isInstanceOf(SQLException.class);
        };
    try (SagaCoordinator coordinator = builder().start()) {
      SagaHandle saga = coordinator.start(deposit, "key", "a");

      assertThat(saga.await(Shop.SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
      assertThat(calls).hasValue(3);
      assertThat(booked()).isEmpty();
    }
  }

  @Test
  void givenCommitWithoutAnswer_whenItHappened_thenItIsFoundOutAndNothingRunsTwice()
      throws Exception {
    try (SagaCoordinator coordinator = builder().start()) {
      behaviour = connection -> network.breakNext(Break.AFTER_COMMIT, 1);
      SagaHandle saga = coordinator.start(deposit, "key", "a");

      assertThat(saga.await(Shop.SOON).isCompleted()).isTrue();
      assertThat(calls).hasValue(1);
      assertThat(booked()).containsExactly("a");
    }
  }

  @Test
  void givenConnectionThatBreaksWithTheRecord_whenRetried_thenItIsBookedOnce() throws Exception {
    try (SagaCoordinator coordinator = builder().start()) {
      behaviour =
          connection -> {
            if (calls.get() == 1) {
              network.breakNext(Break.AFTER_EXECUTE, "NO KEY UPDATE OF i", 1);
            }
          };
      SagaHandle saga = coordinator.start(deposit, "key", "a");

      assertThat(saga.await(Shop.SOON).isCompleted()).isTrue();
      assertThat(calls).hasValue(2);
      assertThat(booked()).containsExactly("a");
    }
  }

  /** A deferred constraint speaks up at the commit, and is a failure like any other. */
  @Test
  void givenDeferredConstraint_whenTheCommitFails_thenTheStepIsRejectedAfterItsRetries()
      throws Exception {
    look.execute("ALTER TABLE account ADD UNIQUE (id) DEFERRABLE INITIALLY DEFERRED");
    look.execute("INSERT INTO account VALUES ('a')");
    try (SagaCoordinator coordinator = builder().start()) {
      SagaHandle saga = coordinator.start(deposit, "key", "a");

      assertThat(saga.await(Shop.SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
      assertThat(calls).hasValue(3);
      assertThat(look.query("SELECT kind FROM saga_history WHERE step = 'book' ORDER BY seq"))
          .containsExactly("ACTION_FAILED", "ACTION_FAILED", "STEP_REJECTED");
      assertThat(booked()).containsExactly("a");
    }
  }

  /** A zombie: its lease was taken while its action ran. */
  @Test
  void givenNodeEvictedWhileTheActionRuns_whenItGoesOn_thenNothingOfThatAttemptSurvives()
      throws Exception {
    try (SagaCoordinator coordinator = builder().start()) {
      behaviour =
          connection -> {
            if (calls.get() == 1) {
              look.execute("DELETE FROM saga_node");
            }
          };
      SagaHandle saga = coordinator.start(deposit, "key", "a");

      assertThat(saga.await(Shop.SOON).isCompleted()).isTrue();
      assertThat(calls).hasValue(2);
      assertThat(booked()).containsExactly("a");
      assertThat(Shop.kinds(saga).toString()).contains("SAGA_RESUMED");
    }
  }

  @Test
  void givenActionThatTriesToEndTheTransaction_whenItRuns_thenItIsStopped() throws Exception {
    behaviour = Connection::commit;
    try (SagaCoordinator coordinator = builder().start()) {
      SagaHandle saga = coordinator.start(deposit, "key", "a");

      assertThat(saga.await(Shop.SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
      assertThat(booked()).isEmpty();
      assertThat(saga.history().toString()).contains("doesn't call commit()");
    }
  }

  @Test
  void givenRunnerOfTheUser_whenASagaRuns_thenItUsesThatOnesConnections() throws Exception {
    AtomicInteger transactions = new AtomicInteger();
    TransactionRunner own =
        body -> {
          transactions.incrementAndGet();
          try (Connection connection = SharedDatabase.begin()) {
            body.run(connection);
            connection.commit();
          }
        };
    try (SagaCoordinator coordinator = builder().transactions(own).start()) {
      SagaHandle saga = coordinator.start(deposit, "key", "a");

      assertThat(saga.await(Shop.SOON).isCompleted()).isTrue();
      assertThat(transactions).hasValue(1);
      assertThat(booked()).containsExactly("a");
    }
  }

  /** User code may take long: an eviction must not wait for it. */
  @Test
  void givenTransactionBeforeItsAppend_whenTheNodeIsEvicted_thenNothingWaits() throws Exception {
    store.open();
    NodeId node = store.join("a");
    SagaAppend append = append(await(store.start(node, saga("key"))).sagaId(), 2, "done");
    try (Connection connection = SharedDatabase.begin()) {
      book(connection, "a");

      store.evict(node);
      assertThat(store.releaseOrphans(10)).isEqualTo(1);

      assertThatThrownBy(() -> joining().append(new LocalTransaction(connection), node, append))
          .isInstanceOf(NodeFencedException.class);
    }
    assertThat(booked()).isEmpty();
  }

  /** Between append and commit the saga stays whose it is; the eviction itself doesn't wait. */
  @Test
  void givenAppendBeforeItsCommit_whenItsNodeIsEvicted_thenTheSagaIsFreedOnlyAfterTheCommit()
      throws Exception {
    store.open();
    NodeId node = store.join("a");
    NodeId other = store.join("b");
    SagaAppend append = append(await(store.start(node, saga("key"))).sagaId(), 2, "done");
    try (Connection connection = SharedDatabase.begin()) {
      book(connection, "a");
      joining().append(new LocalTransaction(connection), node, append);

      store.evict(node);
      assertThat(store.releaseOrphans(10)).isZero();
      connection.commit();
    }
    assertThat(store.releaseOrphans(10)).isEqualTo(1);
    List<ClaimedSaga> claimed = store.claim(other, Set.of(Samples.ORDER), Samples.NOW, 10);
    assertThat(claimed.get(0).saga().journal()).hasSize(2);
    assertThat(booked()).containsExactly("a");
  }

  @Test
  void givenCommitInDoubt_whenAskedHowItEnded_thenTheAnswerWaitsForItsEnd() throws Exception {
    store.open();
    NodeId node = store.join("a");
    SagaAppend append = append(await(store.start(node, saga("key"))).sagaId(), 2, "done");
    try (Connection connection = SharedDatabase.begin()) {
      joining().append(new LocalTransaction(connection), node, append);
      CompletableFuture<Boolean> asked =
          CompletableFuture.supplyAsync(
              () -> joining().isAppended(append), task -> new Thread(task).start());
      look.awaitLockWait();
      assertThat(asked).isNotDone();

      connection.commit();

      assertThat(asked.get(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** The snapshot is older than the eviction, so that only the row's lock can tell. */
  @Test
  void givenRepeatableRead_whenTheSagaWasTakenOverSince_thenItCantAppend() throws Exception {
    store.open();
    NodeId node = store.join("a");
    SagaAppend append = append(await(store.start(node, saga("key"))).sagaId(), 2, "done");
    try (Connection connection = SharedDatabase.begin()) {
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      book(connection, "a");
      store.evict(node);
      store.releaseOrphans(10);

      assertThatThrownBy(() -> joining().append(new LocalTransaction(connection), node, append))
          .isInstanceOf(SagaStoreException.class)
          .hasMessageContaining("40001");
    }
    assertThat(booked()).isEmpty();
  }

  private TransactionalStore joining() {
    return store.transactions().orElseThrow();
  }
}
