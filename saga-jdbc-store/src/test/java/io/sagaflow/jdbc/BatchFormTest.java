package io.sagaflow.jdbc;

import static io.sagaflow.jdbc.Samples.append;
import static io.sagaflow.jdbc.Samples.await;
import static io.sagaflow.jdbc.Samples.saga;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaId;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredRecord;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One saga's write takes another form of the statement than those of many; both say the same. */
class BatchFormTest {

  private static final String ODD =
      "a \"quoted\", {braced} \\ and 'single' NULL \u00e4\ud83d\ude00\n";

  private final DataSource database = SharedDatabase.emptied();
  private final Look look = new Look(database);
  private final PostgresSagaStore store =
      PostgresSagaStore.builder().dataSource(database).lanes(1).build();
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
  void givenOddTexts_whenWrittenAloneAndAmongOthers_thenTheyAreReadBackAlike() throws Exception {
    SagaId alone = await(store.start(node, saga(ODD))).sagaId();
    await(store.append(node, append(alone, 2, ODD)));
    SagaId first = await(store.start(node, saga("first"))).sagaId();
    SagaId second = await(store.start(node, saga("second"))).sagaId();

    inOneBatch(
        () ->
            List.of(
                store.append(node, append(first, 2, ODD)),
                store.append(node, append(second, 2, ODD))));

    assertThat(store.find("place-order", ODD)).contains(alone);
    List<StoredRecord> rows =
        List.of(alone, first, second).stream().map(saga -> lastOf(saga)).distinct().toList();
    assertThat(rows).singleElement().extracting(StoredRecord::detail).isEqualTo(ODD);
  }

  @Test
  void givenBatchWithAStartWhoseKeyIsTaken_whenWritten_thenTheOthersAreWrittenOnce()
      throws Exception {
    NewSaga holder = saga("taken");
    await(store.start(node, holder));
    SagaId running = await(store.start(node, saga("running"))).sagaId();
    NewSaga late = saga("taken");
    NewSaga fresh = saga("fresh");

    inOneBatch(
        () ->
            List.of(
                store.start(node, late),
                store.start(node, fresh),
                store.append(node, append(running, 2, "done"))));

    assertThat(await(store.start(node, saga("taken"))))
        .isEqualTo(new StartResult(holder.header().id(), false));
    assertThat(await(store.start(node, saga("fresh"))))
        .isEqualTo(new StartResult(fresh.header().id(), false));
    assertThat(store.load(running).orElseThrow().journal()).hasSize(2);
    assertThat(store.load(late.header().id())).isEmpty();
    assertThat(look.query("SELECT count(*) FROM saga_journal")).containsExactly("4");
  }

  /** Has the lane's only connection wait while others queue. */
  private void inOneBatch(Writes writes) throws Exception {
    SagaId held = await(store.start(node, saga("held"))).sagaId();
    CompletableFuture<Void> leader;
    List<? extends CompletionStage<?>> queued;
    try (Connection other = database.getConnection()) {
      other.setAutoCommit(false);
      Look.execute(other, "SELECT FROM saga_instance WHERE business_key = 'held' FOR UPDATE");
      leader =
          CompletableFuture.runAsync(
              () -> store.append(node, Samples.ending(held, 2)).toCompletableFuture().join(),
              task -> new Thread(task, "leader").start());
      look.awaitLockWait();
      queued = writes.queue();
      other.commit();
    }
    await(leader);
    for (CompletionStage<?> write : queued) {
      await(write);
    }
    look.execute("DELETE FROM saga_journal WHERE saga_id = '" + held + "'");
  }

  private interface Writes {
    List<? extends CompletionStage<?>> queue();
  }

  private StoredRecord lastOf(SagaId sagaId) {
    List<StoredRecord> journal = store.load(sagaId).orElseThrow().journal();
    return journal.get(journal.size() - 1);
  }
}
