package io.sagaflow.jdbc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The eviction of a silent node that wakes up while the eviction waits for one of its batches. */
class SilentEvictionTest {

  private final DataSource database = SharedDatabase.emptied();
  private final Look look = new Look(database);
  private final PostgresSagaStore store = PostgresSagaStore.create(database);
  private NodeBeat seen = new NodeBeat(new NodeId(new java.util.UUID(0, 0)), "a", 0);

  @BeforeEach
  void joinAndRenewOnce() {
    store.open();
    NodeId node = store.join("a");
    store.heartbeat(node); // renewed rows lie behind the slot row, and a DELETE meets them last
    seen = store.nodes().get(0);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void givenEvictionThatWaitsForABatch_whenTheNodeRenewsItsLease_thenItLearnsThatItHasNone()
      throws Exception {
    CompletableFuture<Boolean> evicted;
    CompletableFuture<List<NodeBeat>> renewed;
    try (Connection batch = database.getConnection()) {
      batch.setAutoCommit(false);
      Look.execute(batch, "SELECT id FROM saga_node WHERE lane = 1 FOR KEY SHARE");
      evicted = onItsOwnThread(() -> store.evictIfSilent(seen));
      awaitLockWaits(1);

      renewed = onItsOwnThread(() -> store.heartbeat(seen.node()));
      awaitLockWaits(2);

      batch.rollback();
    }

    assertThat(evicted.get(60, SECONDS)).isTrue();
    assertThatThrownBy(() -> renewed.get(60, SECONDS))
        .hasCauseInstanceOf(NodeFencedException.class);
  }

  @Test
  void givenNodeThatHasRenewedItsLease_whenEvictedAsSilent_thenItKeepsItsLease() {
    store.heartbeat(seen.node());

    boolean evicted = store.evictIfSilent(seen);

    assertThat(evicted).isFalse();
    assertThat(store.heartbeat(seen.node())).hasSize(1);
  }

  /** The common pool may have a single thread, and both wait. */
  private static <T> CompletableFuture<T> onItsOwnThread(Supplier<T> call) {
    return CompletableFuture.supplyAsync(call, task -> new Thread(task, "waiting").start());
  }

  /** Fails if the renewal gets through: then it never waits for a lock. */
  private void awaitLockWaits(int count) throws Exception {
    look.await(
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            + " AND datname = current_database() HAVING count(*) = "
            + count);
  }
}
