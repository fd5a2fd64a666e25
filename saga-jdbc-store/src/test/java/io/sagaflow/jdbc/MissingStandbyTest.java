package io.sagaflow.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Payload;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StoredRecord;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The synchronous standby is away, and somebody cancels a session that waits for it. PostgreSQL
 * then answers that it has committed, with a warning.
 */
class MissingStandbyTest {

  private static final String CANCEL =
      "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";

  private final Look look = new Look(SharedDatabase.emptied());
  private final HikariDataSource pool = strictPool();
  private final PostgresSagaStore store = PostgresSagaStore.create(pool);
  private final NodeId node = store.join("node-1");
  private final SagaId saga = new SagaId(UUID.randomUUID());

  /** Tests have synchronous_commit off otherwise. */
  private static HikariDataSource strictPool() {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(SharedDatabase.url());
    pool.setConnectionInitSql("SET synchronous_commit = on");
    return pool;
  }

  @AfterEach
  void theStandbyIsBack() throws Exception {
    waitForAStandby(false);
    store.close();
    pool.close();
  }

  private void waitForAStandby(boolean wait) throws Exception {
    look.execute(
        wait
            ? "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"
            : "ALTER SYSTEM RESET synchronous_standby_names");
    look.execute("SELECT pg_reload_conf()");
    look.await(
        "SELECT 1 WHERE current_setting('synchronous_standby_names') = '"
            + (wait ? "nobody" : "")
            + "'");
  }

  @Test
  void givenCommandThatWaitsForTheStandby_whenTheWaitIsCancelled_thenItIsNotBelieved()
      throws Exception {
    start();
    waitForAStandby(true);
    NewCommand cancel = NewCommand.of(CommandKind.CANCEL, "ann", "because");
    CompletableFuture<?> posted = inAThread(() -> store.post(saga, cancel));

    look.await(CANCEL);

    assertThat(catchThrowable(() -> posted.get(60, TimeUnit.SECONDS)).getCause())
        .isInstanceOf(SagaStoreException.class)
        .hasMessageContaining("may be lost with the primary");
  }

  @Test
  void givenAppendThatWaitsForTheStandby_whenTheWaitIsCancelled_thenItWaitsAgain()
      throws Exception {
    waitForAStandby(true);
    CompletableFuture<?> started = inAThread(this::start);
    look.await(CANCEL);

    look.await("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'");

    assertThat(started).isNotDone();
    waitForAStandby(false);
    assertThat(started).succeedsWithin(60, TimeUnit.SECONDS);
  }

  private Object start() {
    SagaHeader header = new SagaHeader(saga, new DefinitionRef("order", 1), "order-1");
    StoredRecord first =
        new StoredRecord(
            1, Instant.EPOCH, "SAGA_STARTED", null, 0, null, null, null, null, Payload.ofText("1"));
    return store.start(node, new NewSaga(header, first)).toCompletableFuture().join();
  }

  private static CompletableFuture<?> inAThread(Supplier<?> call) {
    return CompletableFuture.supplyAsync(call, task -> new Thread(task, "caller").start());
  }
}
