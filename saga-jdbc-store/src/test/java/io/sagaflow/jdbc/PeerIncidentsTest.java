package io.sagaflow.jdbc;

import static io.sagaflow.jdbc.Samples.NOW;
import static io.sagaflow.jdbc.Samples.ORDER;
import static io.sagaflow.jdbc.Samples.await;
import static io.sagaflow.jdbc.Samples.saga;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.IMetricsTracker;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.jdbc.BreakingDataSource.Break;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/**
 * What went wrong in public with other engines of this kind, one test an incident, where it is
 * PostgreSQL's locks that prevent it. The others are in the test of this name in {@code
 * saga-testkit}, in virtual time.
 */
class PeerIncidentsTest {

  private final DataSource database = SharedDatabase.emptied();
  private final BreakingDataSource trapped = new BreakingDataSource(database);
  private final Look look = new Look(database);

  private PostgresSagaStore open(DataSource dataSource) {
    PostgresSagaStore store = PostgresSagaStore.create(dataSource);
    store.open();
    return store;
  }

  /**
   * The owner's last batch has passed its fence and waits for the saga's row; now the rescuer
   * evicts the owner, frees its sagas and claims them. Then the batch is committed.
   */
  @Test
  void givenRescuerAndAnEndUnderWay_whenTheEndIsCommitted_thenTheSagaStaysEnded() throws Exception {
    try (PostgresSagaStore owners = open(database);
        PostgresSagaStore rescuers = open(database)) {
      NodeId owner = owners.join("owner");
      NodeId rescuer = rescuers.join("rescuer");
      SagaId sagaId = await(owners.start(owner, saga("order-42"))).sagaId();
      CompletableFuture<Void> ended;
      CompletableFuture<List<ClaimedSaga>> rescued;
      try (Connection blocking = SharedDatabase.begin()) {
        Look.execute(blocking, "SELECT FROM saga_instance FOR UPDATE");
        ended =
            CompletableFuture.runAsync(
                () -> owners.append(owner, Samples.ending(sagaId, 2)).toCompletableFuture().join(),
                task -> new Thread(task, "owner").start());
        awaitLockWaits(1);
        rescued =
            CompletableFuture.supplyAsync(
                () -> rescue(rescuers, owner, rescuer),
                task -> new Thread(task, "rescuer").start());
        awaitLockWaits(2);

        blocking.rollback();
      }

      ended.get(60, SECONDS);
      assertThat(rescued.get(60, SECONDS)).isEmpty();
      assertThat(rescuers.claim(rescuer, Set.of(ORDER), NOW, 10)).isEmpty();
      assertThat(look.query("SELECT status FROM saga_instance WHERE owner IS NULL"))
          .containsExactly("COMPLETED");
    }
  }

  private static List<ClaimedSaga> rescue(PostgresSagaStore store, NodeId dead, NodeId rescuer) {
    store.evict(dead);
    store.releaseOrphans(10);
    return store.claim(rescuer, Set.of(ORDER), NOW, 10);
  }

  /** Everything is due, and of a version that the rescuer hasn't. */
  @Test
  void givenRescuerThatLacksTheDefinition_whenItClaims_thenItLeavesTheSagaAsItIs()
      throws Exception {
    try (PostgresSagaStore store = open(database)) {
      NodeId owner = store.join("owner");
      await(store.start(owner, saga("order-42")));
      NodeId rescuer = store.join("rescuer");
      store.evict(owner);
      store.releaseOrphans(10);

      assertThat(store.claim(rescuer, Set.of(new DefinitionRef("place-order", 2)), NOW, 10))
          .isEmpty();
      assertThat(look.query("SELECT status || recoveries FROM saga_instance WHERE owner IS NULL"))
          .containsExactly("RUNNING0");
      assertThat(store.claim(rescuer, Set.of(ORDER), NOW, 10)).hasSize(1);
    }
  }

  /** The loser's record comes when the winner has ended the saga, and turns it back. */
  @Test
  void givenTwoAttemptsAlive_whenTheLoserWritesAfterTheEnd_thenTheSagaStaysEnded()
      throws Exception {
    try (PostgresSagaStore losers = open(database);
        PostgresSagaStore winners = open(database)) {
      NodeId loser = losers.join("loser");
      SagaId sagaId = await(losers.start(loser, saga("order-42"))).sagaId();
      NodeId winner = winners.join("winner");
      rescue(winners, loser, winner);
      await(winners.append(winner, Samples.ending(sagaId, 2)));

      CompletableFuture<Void> late =
          losers
              .append(
                  loser,
                  new SagaAppend(
                      sagaId,
                      List.of(Samples.record(3, "SAGA_TURNED_BACK", "")),
                      Optional.of(SagaStatus.COMPENSATING),
                      Optional.empty(),
                      List.of(),
                      true))
              .toCompletableFuture();

      assertThatThrownBy(() -> late.get(60, SECONDS)).hasCauseInstanceOf(NodeFencedException.class);
      assertThat(look.query("SELECT status FROM saga_instance")).containsExactly("COMPLETED");
      assertThat(look.query("SELECT seq FROM saga_journal ORDER BY seq")).containsExactly("1", "2");
    }
  }

  /**
   * Recovery at a node's start has read who is alive; before it frees what the others own, another
   * node joins, starts a saga, and claims one of those that are free.
   */
  @Test
  void givenRecoveryThatHasReadWhoLives_whenANodeJoinsAndStartsASaga_thenItIsLeftAlone()
      throws Exception {
    try (PostgresSagaStore recovering = open(trapped);
        PostgresSagaStore joining = open(database)) {
      NodeId dead = joining.join("dead");
      await(joining.start(dead, saga("of the dead")));
      joining.evict(dead);
      List<NodeId> joined = new ArrayList<>();
      trapped.trapNext(
          Break.AFTER_EXECUTE,
          "WITH RECURSIVE owners",
          1,
          connection -> {
            NodeId young = joining.join("young");
            joined.add(young);
            joining.start(young, saga("young")).toCompletableFuture().join();
          });

      int freed = recovering.releaseOrphans(10);

      assertThat(freed).isEqualTo(1);
      assertThat(joined).hasSize(1);
      assertThat(look.query("SELECT owner FROM saga_instance WHERE business_key = 'young'"))
          .containsExactly(joined.get(0).toString());
      NodeId recoverer = recovering.join("recoverer");
      assertThat(recovering.claim(recoverer, Set.of(ORDER), NOW, 10)).hasSize(1);
    }
  }

  /** User code, say, holds every connection of the pool, for longer than the lease. */
  @Test
  void givenExhaustedPool_whenItHasConnectionsAgain_thenTheHeartbeatGoesOn() throws Exception {
    Shop shop = new Shop();
    AtomicInteger timeouts = new AtomicInteger();
    try (HikariDataSource pool = new HikariDataSource()) {
      pool.setJdbcUrl(SharedDatabase.url());
      pool.setMaximumPoolSize(4);
      pool.setConnectionTimeout(250);
      pool.setMetricsTrackerFactory((name, stats) -> new Timeouts(timeouts));
      try (SagaCoordinator coordinator =
          shop.coordinator(PostgresSagaStore.create(pool), "node-1").start()) {
        List<Connection> held = new ArrayList<>();
        while (held.size() < 4) {
          held.add(pool.getConnection());
        }
        Look.await("twenty calls to go without a connection", () -> timeouts.get() >= 20);
        long beats = beats();

        for (Connection connection : held) {
          connection.close();
        }

        Look.await("the heartbeat to go on", () -> beats() > beats + 1);
        assertThat(shop.order(coordinator, "42").await(Shop.SOON).isCompleted()).isTrue();
      }
    }
  }

  /** Of the latest life of the node. */
  private long beats() throws Exception {
    return Long.parseLong(
        look.query("SELECT coalesce(max(beats), 0) FROM saga_node WHERE lane = 0").get(0));
  }

  private record Timeouts(AtomicInteger count) implements IMetricsTracker {

    @Override
    public void recordConnectionTimeout() {
      count.incrementAndGet();
    }
  }

  private void awaitLockWaits(int count) throws Exception {
    look.await(
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            + " AND datname = current_database() HAVING count(*) = "
            + count);
  }
}
