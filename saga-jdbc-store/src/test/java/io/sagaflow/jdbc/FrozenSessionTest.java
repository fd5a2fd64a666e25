package io.sagaflow.jdbc;

import static io.sagaflow.jdbc.Samples.NOW;
import static io.sagaflow.jdbc.Samples.ORDER;
import static io.sagaflow.jdbc.Samples.await;
import static io.sagaflow.jdbc.Samples.ending;
import static io.sagaflow.jdbc.Samples.saga;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import io.sagaflow.jdbc.BreakingDataSource.Break;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaPurge.PurgeOrder;
import io.sagaflow.store.SagaSlice;
import io.sagaflow.store.StartResult;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A process that freezes between two statements of a transaction, and what it has locked then. That
 * others get on is the server's doing, and takes as long as the transaction's bound; without one
 * they wait until their own statements time out, and fail.
 */
class FrozenSessionTest {

  private static final PurgeOrder EVERYTHING =
      new PurgeOrder(
          Set.of(SagaStatus.COMPLETED),
          Instant.parse("9999-01-01T00:00:00Z"),
          new SagaSlice(Optional.empty(), Optional.empty(), false, 10));

  private final DataSource database = SharedDatabase.emptied();
  private final BreakingDataSource ice = new BreakingDataSource(database);
  private final PostgresSagaStore freezing = PostgresSagaStore.create(ice);
  private final PostgresSagaStore other = PostgresSagaStore.create(database);
  private final CountDownLatch thawed = new CountDownLatch(1);

  @BeforeEach
  void open() {
    freezing.open();
    other.open();
  }

  @AfterEach
  void close() {
    thawed.countDown();
    freezing.close();
    other.close();
  }

  @Test
  void givenNodeFrozenInAClaim_whenItIsEvicted_thenAnotherClaimsItsSaga() throws Exception {
    NodeId first = other.join("first");
    await(other.start(first, saga("order-1")));
    other.leave(first, Set.of());
    NodeId frozen = freezing.join("frozen");
    CompletableFuture<?> claim =
        freezeBefore("FROM public.saga_journal", () -> claim(freezing, frozen));
    NodeId heir = other.join("heir");
    assertThat(claim(other, heir)).isEmpty();

    other.evict(frozen);
    List<ClaimedSaga> claimed = claim(other, heir);

    assertThat(claimed).hasSize(1);
    assertFailsWhenThawed(claim);
  }

  @Test
  void givenProcessFrozenInAJoin_whenAnotherJoinsUnderItsName_thenThatIsTheNode() throws Exception {
    other.join("a");
    CompletableFuture<?> join =
        freezeBefore("INSERT INTO public.saga_node", () -> freezing.join("a"));

    NodeId joined = other.join("a");

    assertThat(other.nodes()).extracting(NodeBeat::node).containsExactly(joined);
    assertFailsWhenThawed(join);
  }

  @Test
  void givenNodeFrozenWhileItLeaves_whenItIsEvicted_thenItsSagasAreFreed() throws Exception {
    NodeId frozen = freezing.join("frozen");
    await(freezing.start(frozen, saga("order-1")));
    CompletableFuture<?> leave =
        freezeBefore(
            "SET owner = NULL, orphaned",
            () -> {
              freezing.leave(frozen, Set.of());
              return frozen;
            });

    other.evict(frozen);
    int freed = other.releaseOrphans(10);

    assertThat(freed).isEqualTo(1);
    assertFailsWhenThawed(leave);
  }

  @Test
  void givenProcessFrozenInAPurge_whenASagaIsStartedUnderAPurgedKey_thenTheOldOneIsFound()
      throws Exception {
    NodeId node = other.join("a");
    SagaId ended = await(other.start(node, saga("order-1"))).sagaId();
    await(other.append(node, ending(ended, 2)));
    CompletableFuture<?> purge =
        freeze(Break.BEFORE_COMMIT, "", () -> freezing.purge().purge(EVERYTHING));

    StartResult again = await(other.start(node, saga("order-1")));

    assertThat(again.created()).isFalse();
    assertThat(again.sagaId()).isEqualTo(ended);
    assertFailsWhenThawed(purge);
  }

  private static List<ClaimedSaga> claim(PostgresSagaStore store, NodeId node) {
    return store.claim(node, Set.of(ORDER), NOW, 10);
  }

  private <T> CompletableFuture<T> freezeBefore(String statement, Supplier<T> call)
      throws Exception {
    return freeze(Break.BEFORE_EXECUTE, statement, call);
  }

  /** Does something that freezes at a place, and waits until it is frozen. */
  private <T> CompletableFuture<T> freeze(Break where, String statement, Supplier<T> call)
      throws Exception {
    CountDownLatch frozen = new CountDownLatch(1);
    ice.trapNext(
        where,
        statement,
        1,
        connection -> {
          frozen.countDown();
          awaitThaw();
        });
    CompletableFuture<T> done =
        CompletableFuture.supplyAsync(call, task -> new Thread(task, "frozen").start());
    assertThat(frozen.await(60, SECONDS)).as("it came to where it freezes").isTrue();
    return done;
  }

  private void awaitThaw() {
    try {
      thawed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** It learns that its transaction is gone, and that this is a passing trouble. */
  private void assertFailsWhenThawed(CompletableFuture<?> frozen) {
    thawed.countDown();
    assertThatThrownBy(() -> frozen.get(60, SECONDS))
        .cause()
        .isInstanceOf(SagaStoreException.class)
        .hasMessageContaining("can be reached");
  }
}
