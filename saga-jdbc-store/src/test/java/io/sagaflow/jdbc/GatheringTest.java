package io.sagaflow.jdbc;

import static io.sagaflow.jdbc.Samples.append;
import static io.sagaflow.jdbc.Samples.saga;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaId;
import io.sagaflow.jdbc.BreakingDataSource.Break;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StartResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class GatheringTest {

  private static final long PATIENCE = 1_000;

  private final Gathering gathering = new Gathering(Duration.ofNanos(PATIENCE));

  @Test
  void givenASagaAlone_whenItWritesAgain_thenItNeverWaits() {
    gathering.taken(1);

    assertThat(gathering.begin(0)).isZero();
    gathering.taken(1);
    assertThat(gathering.begin(1)).isZero(); // nor if there is another one
    assertThat(gathering.isEnough(0)).isTrue();
  }

  @Test
  void givenMoreThanAHundred_whenABatchIsTaken_thenItIsTakenAtOnce() {
    gathering.taken(60);
    assertThat(gathering.begin(40)).isEqualTo(PATIENCE);
    gathering.end(80);

    gathering.taken(60);

    assertThat(gathering.begin(41)).isZero();
  }

  @Test
  void givenSomeSettledAndSomeQueued_whenThreeQuartersOfThemAreThere_thenItIsEnough() {
    gathering.taken(5);

    assertThat(gathering.begin(3)).isEqualTo(PATIENCE);

    assertThat(gathering.isEnough(5)).isFalse();
    assertThat(gathering.isOver(5)).isFalse();
    assertThat(gathering.isEnough(6)).isTrue();
    assertThat(gathering.isOver(6)).isTrue();
  }

  @Test
  void givenNobodyWaits_whenAWriteIsQueued_thenNobodyIsToBeWoken() {
    assertThat(gathering.isOver(50)).isFalse();
  }

  @Test
  void givenSagasThatWereWaitedFor_whenNoneIsLeft_thenTheyAreNotWaitedForTwice() {
    gathering.taken(4);
    gathering.begin(0);
    gathering.end(3);

    assertThat(gathering.begin(0)).isZero();
  }

  @Test
  void givenWaitsInVain_whenThereIsOneMore_thenTwiceAsManyBatchesGoByWithoutOne() {
    assertThat(takenAtOnce()).isZero();
    gathering.end(1);
    assertThat(takenAtOnce()).isEqualTo(1);
    gathering.end(1);
    assertThat(takenAtOnce()).isEqualTo(2);
    for (int i = 0; i < 10; i++) {
      gathering.end(1);
      takenAtOnce();
    }
    gathering.end(1);
    assertThat(takenAtOnce()).isEqualTo(64);

    gathering.end(3); // they came

    assertThat(takenAtOnce()).isZero();
    gathering.end(1);
    assertThat(takenAtOnce()).isEqualTo(1);
  }

  /**
   * How many batches are taken at once before the leader waits again; it does when this returns.
   */
  private int takenAtOnce() {
    int atOnce = 0;
    gathering.taken(4);
    while (gathering.begin(0) == 0 && atOnce < 1_000) {
      atOnce++;
      gathering.taken(4);
    }
    return atOnce;
  }

  /** Each would lead by itself, and be committed alone, if the leader of before had gone. */
  @Test
  void givenSagasWhoseWritesWereJustSettled_whenTheyWriteAgain_thenTheyAreCommittedTogether()
      throws Exception {
    DataSource database = SharedDatabase.emptied();
    BreakingDataSource network = new BreakingDataSource(database);
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch led = new CountDownLatch(1);
    network.trapNext(
        Break.BEFORE_EXECUTE,
        "journal",
        1,
        connection -> {
          led.countDown();
          awaitQuietly(gate);
        });
    try (PostgresSagaStore store =
        PostgresSagaStore.builder()
            .dataSource(network)
            .lanes(1)
            .patience(Duration.ofSeconds(2))
            .build()) {
      NodeId node = store.join("a");
      FutureTask<CompletionStage<StartResult>> leading =
          new FutureTask<>(() -> store.start(node, saga(new UUID(0x7000, 0), "leads")));
      Thread leader = new Thread(leading, "leader");
      leader.start();
      List<CompletableFuture<StartResult>> starts = new ArrayList<>();
      assertThat(led.await(60, SECONDS)).isTrue();
      for (int i = 1; i <= 3; i++) {
        starts.add(store.start(node, saga(new UUID(0x7000, i), "k" + i)).toCompletableFuture());
      }
      gate.countDown();
      for (CompletableFuture<StartResult> start : starts) {
        assertThat(start.get(60, SECONDS).created()).isTrue();
      }

      awaitThatItWaitsOrIsGone(leader);
      List<CompletableFuture<Void>> appends = new ArrayList<>();
      for (int i = 1; i <= 3; i++) {
        SagaId id = new SagaId(new UUID(0x7000, i));
        appends.add(store.append(node, append(id, 2, "next")).toCompletableFuture());
      }

      for (CompletableFuture<Void> append : appends) {
        append.get(60, SECONDS);
      }
      assertThat(leading.get(60, SECONDS).toCompletableFuture().get(60, SECONDS).created())
          .isTrue();
      assertThat(
              new Look(database)
                  .query(
                      "SELECT count(DISTINCT xmin::text) FROM saga_journal WHERE seq = 2"
                          + " AND saga_id IN ('"
                          + new UUID(0x7000, 1)
                          + "', '"
                          + new UUID(0x7000, 2)
                          + "')"))
          .containsExactly("1");
    }
  }

  private static void awaitThatItWaitsOrIsGone(Thread leader) {
    long endsAt = System.nanoTime() + SECONDS.toNanos(60);
    while (leader.getState() != Thread.State.TIMED_WAITING && leader.isAlive()) {
      assertThat(System.nanoTime()).isLessThan(endsAt);
      Thread.onSpinWait();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
