package io.sagaflow.chaos;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Sagas that would harm a careless coordinator. */
final class PoisonFaults {

  private static final int STARTERS = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final String SPOIL =
      """
      UPDATE saga_journal j SET payload = '\\xdeadbeef'
      FROM saga_instance i WHERE j.saga_id = ? AND j.seq = 1 AND i.id = j.saga_id
        AND i.owner IS NULL AND i.status = 'RUNNING'
      """;

  private final Clients clients;
  private final JournalServer journal;
  private final int parked;

  PoisonFaults(Clients clients, JournalServer journal, int parked) {
    this.clients = clients;
    this.journal = journal;
    this.parked = parked;
  }

  /** Makes the input of a parked saga unreadable. */
  boolean payload(SplittableRandom random) throws IOException, InterruptedException {
    Optional<UUID> saga = clients.place("nap v1", Fate.UNREADABLE, random);
    return saga.isPresent() && Await.until(PATIENCE, () -> spoil(saga.get()));
  }

  private boolean spoil(UUID saga) throws SQLException {
    try (Connection connection = journal.connect()) {
      return Sql.update(connection, SPOIL, saga) == 1;
    }
  }

  boolean error(SplittableRandom random) throws IOException, InterruptedException {
    return clients.place("order v1", Fate.ERROR, random).isPresent();
  }

  boolean loop(SplittableRandom random) throws IOException, InterruptedException {
    return clients.place("loop v1", Fate.ENDLESS, random).isPresent();
  }

  /** Starts many sagas that wait, in a long run more than all nodes together may have in memory. */
  boolean manyParked(SplittableRandom random) throws InterruptedException, ExecutionException {
    ExecutorService starters = Executors.newFixedThreadPool(STARTERS);
    try {
      List<Callable<Boolean>> starts = new ArrayList<>();
      for (int i = 0; i < parked; i++) {
        SplittableRandom own = random.split();
        starts.add(() -> clients.place("nap v1", Fate.WILLING, own).isPresent());
      }
      for (Future<Boolean> start : starters.invokeAll(starts)) {
        if (!start.get()) {
          return false; // no node answered for a while
        }
      }
      return true;
    } finally {
      starters.shutdown();
    }
  }
}
