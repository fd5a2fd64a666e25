package io.sagaflow.jdbc;

import static io.sagaflow.jdbc.Samples.NOW;
import static io.sagaflow.jdbc.Samples.ORDER;
import static io.sagaflow.jdbc.Samples.append;
import static io.sagaflow.jdbc.Samples.await;
import static io.sagaflow.jdbc.Samples.ending;
import static io.sagaflow.jdbc.Samples.release;
import static io.sagaflow.jdbc.Samples.saga;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import io.sagaflow.jdbc.BreakingDataSource.Break;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Release;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredRecord;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes wrong between the store and its database. */
class PostgresSagaStoreFailureTest {

  private final DataSource database = SharedDatabase.emptied();
  private final BreakingDataSource network = new BreakingDataSource(database);
  private final Look look = new Look(database);
  private final PostgresSagaStore store =
      PostgresSagaStore.builder().dataSource(network).lanes(1).build();
  private NodeId node = new NodeId(new java.util.UUID(0, 0));

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
  void givenEvictedNode_whenItAppends_thenItIsFencedAndNothingIsWritten() throws Exception {
    SagaId sagaId = start("order-1");
    store.evict(node);

    CompletionStage<Void> appended = store.append(node, append(sagaId, 2, "late"));

    assertThatThrownBy(() -> await(appended)).hasCauseInstanceOf(NodeFencedException.class);
    assertThat(journal(sagaId)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Break.class,
      names = {"BEFORE_EXECUTE", "AFTER_EXECUTE"})
  void givenNetworkThatBreaksAroundAnAppend_whenItIsRepeated_thenTheRecordIsThereOnce(Break where)
      throws Exception {
    SagaId sagaId = start("order-1");
    network.breakNext(where, 2);

    await(store.append(node, append(sagaId, 2, "once")));

    assertThat(network.breaksLeft()).isZero();
    assertThat(journal(sagaId)).extracting(StoredRecord::seq).containsExactly(1L, 2L);
  }

  @ParameterizedTest
  @EnumSource(
      value = Break.class,
      names = {"BEFORE_EXECUTE", "AFTER_EXECUTE"})
  void givenNetworkThatBreaksAroundAStart_whenItIsRepeated_thenTheStartCreatedTheSaga(Break where)
      throws Exception {
    NewSaga saga = saga("order-1");
    network.breakNext(where, 2);

    StartResult result = await(store.start(node, saga));

    assertThat(result).isEqualTo(new StartResult(saga.header().id(), true));
    assertThat(journal(saga.header().id())).hasSize(1);
  }

  @Test
  void givenNetworkThatBreaksAfterARelease_whenItIsRepeated_thenACommandIsCountedOffOnce()
      throws Exception {
    SagaId sagaId = start("order-1");
    store.post(sagaId, NewCommand.of(CommandKind.CANCEL, "ann", "first"));
    List<Long> first = store.commands(node, 10).stream().map(StoredCommand::id).toList();
    store.post(sagaId, NewCommand.of(CommandKind.CANCEL, "ann", "second"));
    network.breakNext(Break.AFTER_EXECUTE, 1);

    await(store.append(node, release(sagaId, Release.untilCommand(), first)));
    List<ClaimedSaga> claimed = store.claim(node, Set.of(ORDER), NOW, 10);

    assertThat(claimed).hasSize(1);
    assertThat(claimed.get(0).orphaned()).isFalse();
    assertThat(claimed.get(0).commands())
        .extracting(StoredCommand::reason)
        .containsExactly("second");
  }

  @Test
  void givenClaimWhoseCommitBreaks_whenClaimedAgain_thenTheSagasAreGivenOutAgain()
      throws Exception {
    SagaId sagaId = start("order-1");
    store.evict(node);
    store.releaseOrphans(10);
    NodeId successor = store.join("b");
    network.breakNext(Break.AFTER_COMMIT, 1);

    assertThatThrownBy(() -> store.claim(successor, Set.of(ORDER), NOW, 10))
        .isInstanceOf(SagaStoreException.class);
    List<ClaimedSaga> claimed = store.claim(successor, Set.of(ORDER), NOW, 10);

    assertThat(claimed).extracting(saga -> saga.saga().header().id()).containsExactly(sagaId);
    assertThat(claimed.get(0).orphaned()).isTrue();
  }

  @Test
  void givenRecordThatWasWritten_whenItsNumberIsWrittenAnew_thenItIsRefused() throws Exception {
    SagaId sagaId = start("order-1");

    CompletionStage<Void> appended = store.append(node, append(sagaId, 1, "again"));

    assertThatThrownBy(() -> await(appended)).hasCauseInstanceOf(JournalRefusedException.class);
  }

  @Test
  void givenBatchWithNul_whenItIsWritten_thenOnlyItsSagaIsRefused() throws Exception {
    List<SagaId> sagas = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      sagas.add(start("order-" + i));
    }

    List<CompletionStage<Void>> appended = new ArrayList<>();
    whileTheLaneIsBusy(
        () -> {
          for (int i = 0; i < 9; i++) {
            appended.add(store.append(node, append(sagas.get(i), 2, i == 4 ? "a\0b" : "fine")));
          }
          appended.add(store.append(node, append(sagas.get(4), 3, "behind")));
        });

    for (int i = 0; i < 9; i++) {
      CompletionStage<Void> one = appended.get(i);
      if (i == 4) {
        assertThatThrownBy(() -> await(one)).hasCauseInstanceOf(JournalRefusedException.class);
      } else {
        await(one);
      }
    }
    assertThatThrownBy(() -> await(appended.get(9)))
        .hasCauseInstanceOf(JournalRefusedException.class);
    assertThat(journal(sagas.get(4))).hasSize(1);
    assertThat(journal(sagas.get(5))).hasSize(2);
  }

  @Test
  void givenTwoStartsOfOneKeyInOneBatch_whenWritten_thenOneCreatesAndTheOtherLearnsOfIt()
      throws Exception {
    List<CompletionStage<StartResult>> starts = new ArrayList<>();

    whileTheLaneIsBusy(
        () -> {
          starts.add(store.start(node, saga("order-1")));
          starts.add(store.start(node, saga("order-1")));
        });
    StartResult first = await(starts.get(0));
    StartResult second = await(starts.get(1));

    assertThat(first.sagaId()).isEqualTo(second.sagaId());
    assertThat(List.of(first.created(), second.created())).containsExactlyInAnyOrder(true, false);
    assertThat(journal(first.sagaId())).hasSize(1);
  }

  @Test
  void givenAppendsThatNobodyWaitsFor_whenWritten_thenTheyKeepTheirOrder() throws Exception {
    NewSaga saga = saga("order-1");
    List<CompletionStage<?>> stages = new ArrayList<>();

    whileTheLaneIsBusy(
        () -> {
          stages.add(store.start(node, saga));
          for (int seq = 2; seq < 40; seq++) {
            stages.add(store.append(node, append(saga.header().id(), seq, "")));
          }
          stages.add(store.append(node, ending(saga.header().id(), 40)));
        });
    for (CompletionStage<?> stage : stages) {
      await(stage);
    }

    assertThat(journal(saga.header().id())).hasSize(40);
    assertThat(store.statuses(List.of(saga.header().id())))
        .containsEntry(saga.header().id(), SagaStatus.COMPLETED);
  }

  @Test
  void givenPostUnderWay_whenTheSagaIsReleased_thenTheReleaseSeesTheCommand() throws Exception {
    SagaId sagaId = start("order-1");
    CompletableFuture<Void> released;
    try (Connection other = database.getConnection()) {
      other.setAutoCommit(false);
      Look.execute(other, "UPDATE saga_instance SET commands = commands + 1");
      Look.execute(
          other,
          "INSERT INTO saga_inbox (saga_id, kind, requested_by, reason)"
              + " SELECT id, 'CANCEL', 'ann', 'late' FROM saga_instance");

      released =
          CompletableFuture.runAsync(
              () ->
                  store
                      .append(node, release(sagaId, Release.untilCommand(), List.of()))
                      .toCompletableFuture()
                      .join());
      look.awaitLockWait();
      other.commit();
    }
    await(released);

    assertThat(store.claim(node, Set.of(ORDER), NOW, 10)).hasSize(1);
  }

  @Test
  void givenDatabaseThatIsAway_whenTheStoreIsClosed_thenWhatWaitsFails() {
    network.breakNext(Break.BEFORE_EXECUTE, Integer.MAX_VALUE);
    CompletionStage<StartResult> start = store.start(node, saga("order-1"));

    store.close();

    assertThatThrownBy(() -> await(start)).hasCauseInstanceOf(SagaStoreException.class);
    assertThatThrownBy(() -> await(store.start(node, saga("order-2"))))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(SagaStoreException.class);
  }

  /** Holds back the first batch by a lock on its row, so that what follows shares a batch. */
  private void whileTheLaneIsBusy(Runnable writes) throws Exception {
    SagaId busy = start("busy");
    CompletableFuture<Void> first;
    try (Connection other = database.getConnection()) {
      other.setAutoCommit(false);
      Look.execute(other, "SELECT FROM saga_instance WHERE business_key = 'busy' FOR UPDATE");
      first =
          CompletableFuture.runAsync(
              () -> store.append(node, append(busy, 2, "")).toCompletableFuture().join());
      look.awaitLockWait();
      writes.run();
      other.commit();
    }
    await(first);
  }

  private SagaId start(String businessKey) throws Exception {
    return await(store.start(node, saga(businessKey))).sagaId();
  }

  private List<StoredRecord> journal(SagaId sagaId) {
    return store.load(sagaId).orElseThrow().journal();
  }
}
