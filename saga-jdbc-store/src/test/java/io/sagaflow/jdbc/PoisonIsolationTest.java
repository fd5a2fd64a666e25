package io.sagaflow.jdbc;

import static io.sagaflow.jdbc.Samples.NOW;
import static io.sagaflow.jdbc.Samples.ORDER;
import static io.sagaflow.jdbc.Samples.await;
import static io.sagaflow.jdbc.Samples.saga;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Payload;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.StoredRecord;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is wrong with one saga, or one call, stays there. */
class PoisonIsolationTest {

  private final DataSource database = SharedDatabase.emptied();
  private final Look look = new Look(database);
  private final PostgresSagaStore store = PostgresSagaStore.create(database);
  private NodeId node;

  @BeforeEach
  void join() {
    store.open();
    node = store.join("a");
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void givenRowWithAStatusThatNobodyKnows_whenSagasAreRead_thenItIsStuckAndTheOthersAreRead()
      throws Exception {
    SagaId painted = start("painted");
    SagaId fine = start("fine");
    look.execute("UPDATE saga_instance SET status = 'PAINTED' WHERE business_key = 'painted'");
    store.evict(node);
    store.releaseOrphans(10);

    assertThat(store.statuses(List.of(painted, fine)))
        .containsEntry(painted, SagaStatus.STUCK)
        .containsEntry(fine, SagaStatus.RUNNING);
    assertThat(store.load(painted).orElseThrow().status()).isEqualTo(SagaStatus.STUCK);
    assertThat(store.post(painted, NewCommand.of(CommandKind.RETRY, "ann", "try")))
        .contains(SagaStatus.STUCK);
    assertThat(store.claim(store.join("b"), Set.of(ORDER), NOW, 10))
        .extracting(claimed -> claimed.saga().header().id())
        .containsExactlyInAnyOrder(painted, fine);
  }

  /** Memory runs out over a journal's rows, say: its claim must not be kept. */
  @Test
  void givenErrorInATransaction_whenItsConnectionIsGivenBack_thenNothingIsCommitted()
      throws Exception {
    start("order-1");
    var connections = new Database(database, "here");

    assertThatThrownBy(
            () ->
                connections.transaction(
                    "fail",
                    connection -> {
                      Look.execute(connection, "DELETE FROM saga_instance");
                      throw new OutOfMemoryError("not really");
                    }))
        .isInstanceOf(OutOfMemoryError.class);

    assertThat(look.query("SELECT business_key FROM saga_instance")).containsExactly("order-1");
  }

  /** As much as an engine lets through. */
  @Test
  void givenLargestPayload_whenAppended_thenItIsReadBack() throws Exception {
    SagaId sagaId = start("large");
    byte[] bytes = new byte[16 << 20];
    bytes[bytes.length - 1] = 7;
    StoredRecord record =
        new StoredRecord(
            2, NOW, "STEP_COMPLETED", "s", 1, null, null, null, null, Payload.of(bytes));

    await(
        store.append(
            node,
            new SagaAppend(
                sagaId, List.of(record), Optional.empty(), Optional.empty(), List.of(), true)));

    assertThat(store.load(sagaId).orElseThrow().journal().get(1).payload())
        .isEqualTo(Payload.of(bytes));
  }

  /** The thread that closes isn't the one that writes: any caller may lead the lane. */
  @Test
  void givenCallerThatWrites_whenTheStoreIsClosed_thenCloseWaitsForTheStatementUnderWay()
      throws Exception {
    start("busy");
    CompletableFuture<Void> written;
    Thread closing = new Thread(store::close, "closing");
    try (var other = database.getConnection()) {
      other.setAutoCommit(false);
      Look.execute(other, "SELECT FROM saga_instance FOR UPDATE");
      SagaId sagaId = store.find("place-order", "busy").orElseThrow();
      written =
          CompletableFuture.runAsync(
              () -> appendTo(sagaId), task -> new Thread(task, "caller").start());
      look.awaitLockWait();

      closing.start();

      Look.await(
          "close() to wait for the caller", () -> closing.getState() == Thread.State.TIMED_WAITING);
      other.commit();
    }
    written.get(60, TimeUnit.SECONDS);
    closing.join(TimeUnit.SECONDS.toMillis(60));
    assertThat(closing.isAlive()).isFalse();
    assertThat(look.query("SELECT seq FROM saga_journal ORDER BY seq")).containsExactly("1", "2");
  }

  private void appendTo(SagaId sagaId) {
    store.append(node, Samples.append(sagaId, 2, "")).toCompletableFuture().join();
  }

  private SagaId start(String businessKey) throws Exception {
    return await(store.start(node, saga(businessKey))).sagaId();
  }
}
