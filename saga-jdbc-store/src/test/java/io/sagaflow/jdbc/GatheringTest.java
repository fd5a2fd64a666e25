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
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class GatheringTest {

  private static final long PATIENCE = 1_000;

  private final Gathering gathering = new Gathering(Duration.ofNanos(PATIENCE));

  @Test
  void givenOneSagaOrTwo_whenTheyWriteAgain_thenTheyNeverWait() {
    gathering.settling(1, 0);
    assertThat(gathering.begin(0)).isZero();

    gathering.settling(1, 1);
    assertThat(gathering.begin(1)).isZero();
    assertThat(gathering.isEnough(0)).isTrue();

    gathering.settling(2, 0);
    assertThat(gathering.begin(1)).isZero(); // one is back already, and not counted twice
  }

  @Test
  void givenMoreThanAHundred_whenABatchIsDurable_thenTheNextIsTakenAtOnce() {
    gathering.settling(60, 40);
    assertThat(gathering.begin(40)).isEqualTo(PATIENCE);
    gathering.end(false);

    gathering.settling(60, 41);

    assertThat(gathering.begin(41)).isZero();
  }

  @Test
  void givenSomeSettledAndSomeQueued_whenThreeQuartersOfThemAreThere_thenItIsEnough() {
    gathering.settling(5, 3);

    assertThat(gathering.begin(3)).isEqualTo(PATIENCE);

    assertThat(gathering.isEnough(5)).isFalse();
    assertThat(gathering.isOver(5)).isFalse();
    assertThat(gathering.isEnough(6)).isTrue();
    assertThat(gathering.isOver(6)).isTrue();
  }

  @Test
  void givenEnoughAreBackAlready_whenTheNextBatchIsTaken_thenNobodyWaitsAndNothingIsLearnt() {
    waitInVain();
    takenAtOnce();
    gathering.end(true);

    gathering.settling(8, 0);
    assertThat(gathering.begin(6)).isZero();

    assertThat(takenAtOnce()).isEqualTo(2);
  }

  @Test
  void givenNobodyWaits_whenAWriteIsQueued_thenNobodyIsToBeWoken() {
    assertThat(gathering.isOver(50)).isFalse();
  }

  @Test
  void givenSagasThatWereWaitedFor_whenNoneIsSettledSince_thenTheyAreNotWaitedForTwice() {
    gathering.settling(4, 0);
    assertThat(gathering.begin(0)).isEqualTo(PATIENCE);
    gathering.end(false);

    assertThat(gathering.begin(0)).isZero();
  }

  @Test
  void givenWaitsInVain_whenThereIsOneMore_thenTwiceAsManyBatchesGoByWithoutOne() {
    waitInVain();
    assertThat(takenAtOnce()).isEqualTo(1);
    gathering.end(true);
    assertThat(takenAtOnce()).isEqualTo(2);
    for (int i = 0; i < 10; i++) {
      gathering.end(true);
      takenAtOnce();
    }
    gathering.end(true);
    assertThat(takenAtOnce()).isEqualTo(64);

    gathering.end(false); // they came

    assertThat(takenAtOnce()).isZero();
    gathering.end(true);
    assertThat(takenAtOnce()).isEqualTo(1);
  }

  private void waitInVain() {
    assertThat(takenAtOnce()).isZero();
    gathering.end(true);
  }

  /**
   * How many batches are taken at once before the leader waits again; it does when this returns.
   */
  private int takenAtOnce() {
    int atOnce = 0;
    gathering.settling(4, 0);
    while (gathering.begin(0) == 0 && atOnce < 1_000) {
      atOnce++;
      gathering.settling(4, 0);
    }
    return atOnce;
  }

  /** Each would lead by itself, and be committed alone, if the leader of before had gone. */
  @Test
  void givenALeaderThatWaits_whenThoseWriteAgainThatItHasSettled_thenTheyAreCommittedTogether()
      throws Exception {
    try (Waiting waiting = new Waiting()) {
      List<CompletableFuture<Void>> appends = new ArrayList<>();
      for (int i = 1; i <= 2; i++) {
        SagaId id = new SagaId(new UUID(0x7000, i));
        appends.add(
            waiting.store.append(waiting.node, append(id, 2, "next")).toCompletableFuture());
      }

      for (CompletableFuture<Void> append : appends) {
        append.get(60, SECONDS); // and not when the leader's patience is over
      }
      assertThat(
              new Look(waiting.database)
                  .query("SELECT count(DISTINCT xmin::text) FROM saga_journal WHERE seq = 2"))
          .containsExactly("1");
      waiting.awaitThatTheLeaderIsGone(); // two don't wait for each other
    }
  }

  @Test
  void givenALeaderThatWaits_whenTheStoreIsClosed_thenItGoes() throws Exception {
    try (Waiting waiting = new Waiting()) {
      waiting.store.close();

      waiting.awaitThatTheLeaderIsGone();
    }
  }

  @Test
  void givenALeaderThatWaits_whenItIsInterrupted_thenItGoes() throws Exception {
    try (Waiting waiting = new Waiting()) {
      waiting.leader.interrupt();

      waiting.awaitThatTheLeaderIsGone();
      assertThat(waiting.isInterrupted).isTrue();
    }
  }

  /** A leader that has settled the starts of three sagas, and waits an hour for two of them. */
  private static final class Waiting implements AutoCloseable {

    private final DataSource database = SharedDatabase.emptied();
    private final BreakingDataSource network = new BreakingDataSource(database);
    private final CountDownLatch gate = new CountDownLatch(1);
    private final PostgresSagaStore store =
        PostgresSagaStore.builder()
            .dataSource(network)
            .lanes(1)
            .patience(Duration.ofHours(1))
            .build();
    private final NodeId node = store.join("a");
    private final Thread leader = new Thread(this::lead, "leader");
    private volatile boolean isInterrupted;

    Waiting() throws Exception {
      CountDownLatch led = new CountDownLatch(1);
      network.trapNext(
          Break.BEFORE_EXECUTE,
          "journal",
          1,
          connection -> {
            led.countDown();
            awaitQuietly(gate);
          });
      leader.start();
      assertThat(led.await(60, SECONDS)).isTrue();
      List<CompletableFuture<StartResult>> starts = new ArrayList<>();
      for (int i = 1; i <= 3; i++) {
        starts.add(store.start(node, saga(new UUID(0x7000, i), "k" + i)).toCompletableFuture());
      }
      gate.countDown();
      for (CompletableFuture<StartResult> start : starts) {
        assertThat(start.get(60, SECONDS).created()).isTrue();
      }
      long endsAt = System.nanoTime() + SECONDS.toNanos(60);
      while (leader.getState() != Thread.State.TIMED_WAITING && leader.isAlive()) {
        assertThat(System.nanoTime()).isLessThan(endsAt);
        Thread.onSpinWait();
      }
    }

    private void lead() {
      store.start(node, saga(new UUID(0x7000, 0), "leads"));
      isInterrupted = Thread.currentThread().isInterrupted();
    }

    void awaitThatTheLeaderIsGone() throws InterruptedException {
      leader.join(SECONDS.toMillis(60));
      assertThat(leader.isAlive()).isFalse();
    }

    @Override
    public void close() {
      gate.countDown();
      store.close();
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
