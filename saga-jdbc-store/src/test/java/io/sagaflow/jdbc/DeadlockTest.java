package io.sagaflow.jdbc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaId;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two lanes of a node that start sagas under the same business keys, in a different order. */
class DeadlockTest {

  private static final DefinitionRef ORDERS = new DefinitionRef("place-order", 1);
  private static final String DEADLOCKS =
      "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";

  private final DataSource database = SharedDatabase.emptied();
  private final Look look = new Look(database);
  private final PostgresSagaStore store =
      PostgresSagaStore.builder().dataSource(database).lanes(2).spreadFrom(0).build();
  private final List<CompletableFuture<StartResult>> started = new ArrayList<>();

  @AfterEach
  void close() {
    store.close();
  }

  /** PostgreSQL fails one of the two with SQLState 40P01, and the lane repeats it. */
  @Test
  void givenLanesThatWaitForEachOther_whenPostgresFailsOne_thenBothGetThrough() throws Exception {
    long before = Long.parseLong(look.query(DEADLOCKS).get(0));
    NodeId node = store.join("a");
    try (Connection busy = holder("busy-0", "busy-1");
        Connection gate = holder("x", "y")) {
      for (int lane = 0; lane < 2; lane++) {
        NewSaga saga = saga(1, lane, "busy-" + lane);
        new Thread(() -> start(node, saga), "leader-" + lane).start();
      }
      awaitLockWaits();
      start(node, saga(2, 0, "a"));
      start(node, saga(3, 0, "x"));
      start(node, saga(4, 0, "b"));
      start(node, saga(2, 1, "b"));
      start(node, saga(3, 1, "y"));
      start(node, saga(4, 1, "a"));
      busy.rollback();
      look.await("SELECT 1 FROM saga_instance HAVING count(*) = 2");
      awaitLockWaits(); // each holds its first key, and will want the other's

      gate.rollback();
    }

    List<StartResult> results = new ArrayList<>();
    for (CompletableFuture<StartResult> each : all()) {
      results.add(each.get(60, SECONDS));
    }
    assertThat(results).filteredOn(StartResult::created).hasSize(6);
    assertThat(look.query("SELECT business_key FROM saga_instance ORDER BY business_key"))
        .containsExactly("a", "b", "busy-0", "busy-1", "x", "y");
    look.await("SELECT 1 WHERE (" + DEADLOCKS + ") > " + before);
  }

  private void start(NodeId node, NewSaga saga) {
    CompletableFuture<StartResult> told = new CompletableFuture<>();
    synchronized (started) {
      started.add(told);
    }
    store
        .start(node, saga)
        .whenComplete(
            (result, failure) -> {
              if (failure == null) {
                told.complete(result);
              } else {
                told.completeExceptionally(failure);
              }
            });
  }

  private List<CompletableFuture<StartResult>> all() {
    synchronized (started) {
      return List.copyOf(started);
    }
  }

  /** The low bits of an id choose the lane; a batch is ordered by id. */
  private static NewSaga saga(int order, int lane, String key) {
    SagaId id = new SagaId(new UUID(order, lane));
    StoredRecord first =
        new StoredRecord(
            1,
            Instant.EPOCH,
            RecordKind.SAGA_STARTED.name(),
            null,
            0,
            null,
            null,
            null,
            null,
            null);
    return new NewSaga(new SagaHeader(id, ORDERS, key), first);
  }

  /** Holds two keys until it is rolled back. */
  private Connection holder(String one, String other) throws SQLException {
    Connection connection = database.getConnection();
    connection.setAutoCommit(false);
    for (String key : List.of(one, other)) {
      Look.execute(
          connection,
          "INSERT INTO saga_instance (id, definition, version, business_key, status)"
              + " VALUES (gen_random_uuid(), 'place-order', 1, '"
              + key
              + "', 'RUNNING')");
    }
    return connection;
  }

  private void awaitLockWaits() throws Exception {
    look.await(
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            + " AND datname = current_database() HAVING count(*) = 2");
  }
}
