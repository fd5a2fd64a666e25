package io.sagaflow.jdbc;

import static io.sagaflow.SagaStatus.COMPENSATED;
import static io.sagaflow.SagaStatus.COMPLETED;
import static io.sagaflow.jdbc.Samples.NOW;
import static io.sagaflow.jdbc.Samples.await;
import static io.sagaflow.jdbc.Samples.ending;
import static io.sagaflow.jdbc.Samples.saga;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.PurgePolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaId;
import io.sagaflow.jdbc.BreakingDataSource.Break;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaPurge.PurgeOrder;
import io.sagaflow.store.SagaPurge.Purged;
import io.sagaflow.store.SagaSlice;
import io.sagaflow.store.StartResult;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Purges beside each other, and beside what else touches ended sagas. */
class PurgeTest {

  private static final String HOLDERS = "JOIN public.saga_instance i";
  private static final String JOURNAL = "FROM public.saga_journal";
  private static final Instant LATER = NOW.plusSeconds(60);

  private final DataSource database = SharedDatabase.emptied();
  private final Look look = new Look(database);
  private final BreakingDataSource network = new BreakingDataSource(database);
  private final PostgresSagaStore store = PostgresSagaStore.create(network);
  private NodeId node;

  @BeforeEach
  void join() {
    store.open();
    node = store.join("a");
  }

  @AfterEach
  void close() {
    network.heal();
    store.close();
  }

  private SagaId ended(String key) throws Exception {
    SagaId id = await(store.start(node, saga(key))).sagaId();
    await(store.append(node, ending(id, 2)));
    return id;
  }

  private static PurgeOrder order(int limit) {
    SagaSlice slice = new SagaSlice(Optional.empty(), Optional.empty(), false, limit);
    return new PurgeOrder(Set.of(COMPLETED, COMPENSATED), LATER, slice);
  }

  private List<String> rows() throws Exception {
    return look.query(
        "SELECT 'saga' FROM saga_instance UNION ALL SELECT 'record' FROM saga_journal");
  }

  /** A purges, and hasn't committed when B comes. */
  @Test
  void givenSagasThatAnotherPurgeHasLocked_whenPurged_thenTheyAreLeftToItWithoutWaiting()
      throws Exception {
    SagaId locked = ended("locked");
    SagaId free = ended("free");
    try (Connection other = database.getConnection()) {
      other.setAutoCommit(false);
      Look.execute(other, "SELECT id FROM saga_instance WHERE id = '" + locked + "' FOR UPDATE");

      Purged purged = store.purge().purge(order(10));

      assertThat(purged).isEqualTo(new Purged(1, Optional.empty()));
      assertThat(store.load(free)).isEmpty();
      other.rollback();
    }
    assertThat(store.purge().purge(order(10)).sagas()).isEqualTo(1);
    assertThat(rows()).isEmpty();
  }

  @Test
  void givenManySagas_whenNodesPurgeAtOnce_thenEachGoesOnceAndNothingIsLeft() throws Exception {
    List<CompletionStage<Void>> writes = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      NewSaga saga = saga("key-" + i);
      await(store.start(node, saga));
      writes.add(store.append(node, ending(saga.header().id(), 2)));
    }
    for (CompletionStage<Void> write : writes) {
      await(write);
    }
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<Integer>> purges = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        purges.add(threads.submit(this::purgeAll));
      }
      int sagas = 0;
      for (Future<Integer> purge : purges) {
        sagas += purge.get();
      }

      assertThat(sagas).isEqualTo(2_000);
      assertThat(rows()).isEmpty();
    } finally {
      threads.shutdownNow();
    }
  }

  /** Each begins again until nothing is left: what others had locked may have stayed. */
  private int purgeAll() throws Exception {
    int sagas = 0;
    while (!look.query("SELECT id FROM saga_instance LIMIT 1").isEmpty()) {
      Optional<PurgeOrder> order = Optional.of(order(37));
      while (order.isPresent()) {
        PurgeOrder asked = order.get();
        Purged purged = store.purge().purge(asked);
        sagas += purged.sagas();
        order = purged.next().map(asked::behind);
      }
    }
    return sagas;
  }

  @Test
  void givenTwoCoordinatorsThatPurge_whenSagasHaveEnded_thenTheyGoAndOthersRunOn()
      throws Exception {
    Shop shop = new Shop();
    PurgePolicy policy = PurgePolicy.keepFor(Duration.ofDays(1)).every(Duration.ofSeconds(1));
    try (SagaCoordinator one = purging(shop, "one", policy);
        SagaCoordinator two = purging(shop, "two", policy)) {
      shop.shut("open");
      shop.order(one, "open");
      for (int i = 0; i < 20; i++) {
        shop.order(i % 2 == 0 ? one : two, "order-" + i).await(Shop.SOON);
      }

      look.execute(
          """
          WITH journals AS (
            UPDATE saga_journal SET saga_id = overlay(saga_id::text PLACING '0000' FROM 1)::uuid
            WHERE saga_id IN (SELECT id FROM saga_instance WHERE status = 'COMPLETED'))
          UPDATE saga_instance SET id = overlay(id::text PLACING '0000' FROM 1)::uuid,
                                   ended_at = ended_at - interval '2 days'
          WHERE status = 'COMPLETED'
          """); // as if they had been started and ended two days ago

      Look.await("the sagas are purged", () -> rows().size() == 2);
      assertThat(look.query("SELECT business_key FROM saga_instance")).containsExactly("open");
      shop.open("open");
    }
  }

  private SagaCoordinator purging(Shop shop, String name, PurgePolicy policy) {
    return shop.coordinator(PostgresSagaStore.create(database), name).purge(policy).start();
  }

  /** The key is taken when the start is written, and free when it is asked who has it. */
  @Test
  void givenStartWhoseKeyIsTaken_whenItsHolderIsPurgedBeforeItIsAskedFor_thenItIsStartedAfterAll()
      throws Exception {
    SagaId old = ended("order-1");
    network.trapNext(Break.BEFORE_EXECUTE, HOLDERS, 1, connection -> purgeBeside());

    NewSaga fresh = saga("order-1");
    StartResult result = await(store.start(node, fresh));

    assertThat(result).isEqualTo(new StartResult(fresh.header().id(), true));
    assertThat(store.load(old)).isEmpty();
    assertThat(store.load(fresh.header().id()).orElseThrow().journal()).hasSize(1);
  }

  /** The purge has deleted the holder's row, but not committed, when the start is written. */
  @Test
  void givenPurgeInFlight_whenItsKeyIsStarted_thenTheStartWaitsForItAndHasTheKey()
      throws Exception {
    SagaId old = ended("order-1");
    NewSaga fresh = saga("order-1");
    CompletionStage<StartResult> started;
    ExecutorService caller = Executors.newSingleThreadExecutor();
    try (Connection purge = database.getConnection()) {
      purge.setAutoCommit(false);
      Look.execute(purge, "DELETE FROM saga_journal WHERE saga_id = '" + old + "'");
      Look.execute(purge, "DELETE FROM saga_instance WHERE id = '" + old + "'");
      Future<CompletionStage<StartResult>> call =
          caller.submit(() -> store.start(node, fresh)); // it may write the batch itself
      look.awaitLockWait();
      purge.commit();
      started = call.get();
    } finally {
      caller.shutdown();
    }

    assertThat(await(started)).isEqualTo(new StartResult(fresh.header().id(), true));
  }

  /** A saga is read in two statements; between them it goes. */
  @Test
  void givenSagaThatIsRead_whenItIsPurgedBeforeItsJournalIsRead_thenThereIsNone() throws Exception {
    SagaId id = ended("order-1");
    network.trapNext(Break.BEFORE_EXECUTE, JOURNAL, 1, connection -> purgeBeside());

    assertThat(store.load(id)).isEmpty();
  }

  private void purgeBeside() {
    try (PostgresSagaStore beside = PostgresSagaStore.create(database)) {
      beside.purge().purge(order(10));
    }
  }
}
