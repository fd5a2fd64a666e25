package io.sagaflow.jdbc;

import static io.sagaflow.jdbc.Samples.NOW;
import static io.sagaflow.jdbc.Samples.ORDER;
import static io.sagaflow.jdbc.Samples.append;
import static io.sagaflow.jdbc.Samples.await;
import static io.sagaflow.jdbc.Samples.release;
import static io.sagaflow.jdbc.Samples.saga;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStoreException;
import io.sagaflow.jdbc.BreakingDataSource.Break;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Release;
import io.sagaflow.store.StoredRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was committed although its writer doesn't know. */
class AmbiguousWriteTest {

  private static final String WRITE = "INSERT INTO public.saga_journal";
  private static final String CLAIM = "SKIP LOCKED";
  private static final String HOLDERS = "JOIN public.saga_instance i";

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

  /** The repeat would take the saga from the driver that it has got in between. */
  @Test
  void givenReleaseWithoutAnswer_whenItsSagaIsDue_thenThisNodeClaimsItOnlyAfterTheRepeat()
      throws Exception {
    SagaId sagaId = start("order-1");
    network.breakNext(Break.AFTER_EXECUTE, WRITE, Integer.MAX_VALUE);
    CompletionStage<Void> released =
        store.append(node, release(sagaId, Release.until(NOW), List.of()));
    look.await("SELECT id FROM saga_instance WHERE owner IS NULL");

    List<ClaimedSaga> meanwhile = claim(node);
    network.heal();
    await(released);
    List<ClaimedSaga> afterwards = claim(node);

    assertThat(meanwhile).isEmpty();
    assertThat(afterwards).hasSize(1);
    assertThat(claim(store.join("b"))).isEmpty();
  }

  @Test
  void givenReleaseThatIsCommittedWhileAClaimIsSent_whenItHasNoAnswer_thenTheClaimLeavesIt()
      throws Exception {
    SagaId sagaId = start("order-1");
    List<CompletionStage<Void>> released = new ArrayList<>();
    network.trapNext(
        Break.BEFORE_EXECUTE,
        CLAIM,
        1,
        connection -> {
          network.breakNext(Break.AFTER_EXECUTE, WRITE, Integer.MAX_VALUE);
          released.add(store.append(node, release(sagaId, Release.until(NOW), List.of())));
        });

    List<ClaimedSaga> meanwhile = claim(node);
    network.heal();
    await(released.get(0));

    assertThat(meanwhile).isEmpty();
    assertThat(claim(node)).hasSize(1);
  }

  @Test
  void givenReleaseWithoutAnswer_whenAnotherNodeClaimsItsSaga_thenTheRepeatLeavesItThere()
      throws Exception {
    SagaId sagaId = start("order-1");
    network.breakNext(Break.AFTER_EXECUTE, WRITE, Integer.MAX_VALUE);
    CompletionStage<Void> released =
        store.append(node, release(sagaId, Release.until(NOW), List.of()));
    look.await("SELECT id FROM saga_instance WHERE owner IS NULL");

    try (PostgresSagaStore other = PostgresSagaStore.create(database)) {
      NodeId owner = other.join("b");
      List<ClaimedSaga> claimed = other.claim(owner, Set.of(ORDER), NOW, 10);
      network.heal();
      await(released);

      assertThat(claimed).hasSize(1);
      assertThat(look.query("SELECT owner FROM saga_instance"))
          .containsExactly(owner.value().toString());
    }
  }

  /** The question who has a key comes after the write, so its failure says nothing about that. */
  @Test
  void givenWriteThatIsCommitted_whenTheQuestionBehindItIsCancelled_thenTheRepeatKnows()
      throws Exception {
    SagaId first = start("order-1");
    SagaId busy = start("busy");
    List<CompletionStage<?>> stages = new ArrayList<>();
    network.trapNext(
        Break.BEFORE_EXECUTE,
        HOLDERS,
        1,
        connection -> {
          throw new SQLException("canceling statement due to user request", "57014");
        });

    CompletableFuture<Void> held;
    try (Connection other = database.getConnection()) {
      other.setAutoCommit(false);
      Look.execute(other, "SELECT FROM saga_instance WHERE business_key = 'busy' FOR UPDATE");
      held = CompletableFuture.runAsync(() -> appendTo(busy).toCompletableFuture().join());
      look.awaitLockWait();
      stages.add(appendTo(first));
      stages.add(store.start(node, saga("order-1")));
      other.commit();
    }
    await(held);
    for (CompletionStage<?> stage : stages) {
      await(stage);
    }

    assertThat(network.breaksLeft()).isZero();
    assertThat(store.load(first).orElseThrow().journal())
        .extracting(StoredRecord::seq)
        .containsExactly(1L, 2L);
  }

  private CompletionStage<Void> appendTo(SagaId sagaId) {
    return store.append(node, append(sagaId, 2, ""));
  }

  /** A coordinator that finds another of its name stops; it must not find itself. */
  @Test
  void givenJoinWhoseCommitBreaks_whenTheNodesAreLookedAt_thenNobodyHasTheName() throws Exception {
    network.breakNext(Break.AFTER_COMMIT, 1);

    assertThatThrownBy(() -> store.join("b")).isInstanceOf(SagaStoreException.class);

    assertThat(look.query("SELECT name FROM saga_node WHERE lane = 0 AND name = 'b'")).hasSize(1);
    assertThat(store.nodes()).extracting(NodeBeat::name).containsExactly("a");
    NodeId joined = store.join("b");
    assertThat(store.nodes()).extracting(NodeBeat::node).containsExactlyInAnyOrder(node, joined);
    assertThat(look.query("SELECT name FROM saga_node WHERE lane = 0 AND name = 'b'")).hasSize(1);
  }

  private SagaId start(String businessKey) throws Exception {
    return await(store.start(node, saga(businessKey))).sagaId();
  }

  private List<ClaimedSaga> claim(NodeId owner) {
    return store.claim(owner, Set.of(ORDER), NOW, 10);
  }
}
