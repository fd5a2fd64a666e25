package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.StartResult;
import io.sagaflow.testkit.database.Fate.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A lane of a process, through which the writes of some sagas go: one batch at a time, and what
 * comes meanwhile queues. The process writes and learns the answers in its own time, and the
 * database works in between in its own.
 *
 * <p>Two limits of the real lane are left out: nobody waits for a place in the queue, and a batch
 * may weigh any number of bytes.
 */
final class Lane {

  private static final int WRITES_PER_BATCH = 500;
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(50);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(2);
  private static final Comparator<Write> BY_SAGA =
      (one, other) -> one.sagaId.compareTo(other.sagaId);

  private final DatabaseClient client;
  private final int number;
  private final Pace pace;
  private final Deque<Write> queue = new ArrayDeque<>();

  /** Whether a batch is under way, or the process is about to take one. */
  private boolean led;

  /** A batch to be repeated. */
  private @Nullable Batch unsettled;

  private Duration backoff = Duration.ZERO;
  private boolean closed;

  /** Writes ordered by saga, and whether an earlier try of them may have been committed. */
  private record Batch(List<Write> writes, boolean repeat) {}

  Lane(DatabaseClient client, int number, Pace pace) {
    this.client = client;
    this.number = number;
    this.pace = pace;
  }

  void submit(Write write) {
    if (closed) {
      write.fail(closedException());
      return;
    }
    queue.add(write);
    if (!led) {
      led = true;
      client.inProcess(this::lead);
    }
  }

  /** In the process: sends a batch, or stops leading. */
  private void lead() {
    Batch batch = next();
    if (batch == null) {
      led = false;
      return;
    }
    if (closed) {
      fail(batch, closedException());
      lead();
      return;
    }
    Fate fate = client.fate(Exchange.BATCH);
    if (fate.outcome() == Outcome.NOT_SENT) {
      broken(batch, false);
    } else if (fate.before().isZero()) {
      arrive(batch, fate, true);
    } else {
      pace.later(fate.before(), () -> arrive(batch, fate, false));
    }
  }

  private @Nullable Batch next() {
    Batch again = unsettled;
    unsettled = null;
    if (again != null) {
      return again;
    }
    return queue.isEmpty() ? null : new Batch(takeBatch(), false);
  }

  private List<Write> takeBatch() {
    Write first = queue.remove();
    if (queue.isEmpty()) {
      return List.of(first);
    }
    List<Write> batch = new ArrayList<>();
    Set<SagaId> sagas = new HashSet<>();
    batch.add(first);
    sagas.add(first.sagaId);
    while (!queue.isEmpty() && batch.size() < WRITES_PER_BATCH) {
      Write next = queue.element();
      if (!next.owner.equals(first.owner) || !sagas.add(next.sagaId)) {
        break;
      }
      batch.add(queue.remove());
    }
    batch.sort(BY_SAGA);
    return batch;
  }

  /** At the database. */
  private void arrive(Batch batch, Fate fate, boolean inline) {
    Outcome outcome = fate.outcome();
    if (outcome == Outcome.ABORTED) {
      answer(fate, inline, () -> broken(batch, true));
      return;
    }
    BatchTransaction transaction =
        new BatchTransaction(client, number, batch.writes(), batch.repeat());
    if (outcome.isLater()) { // its client needn't wait for the locks
      transaction.begin(
          false,
          () -> {
            if (transaction.isRefused()) { // and nobody is there who would halve the batch
              transaction.abort();
            }
            client.decide(transaction, fate);
          });
      answer(fate, inline, () -> broken(batch, true));
      return;
    }
    boolean[] now = {inline}; // not when it has to wait
    transaction.begin(true, () -> executed(transaction, batch, fate, now[0]));
    now[0] = false;
    if (transaction.isWaiting()) {
      pace.later(DatabaseClient.STATEMENT_TIMEOUT, () -> cancel(transaction, batch));
    }
  }

  private void executed(BatchTransaction transaction, Batch batch, Fate fate, boolean inline) {
    boolean aborted = transaction.isAborted(); // the victim of a cycle
    if (fate.outcome() != Outcome.ANSWERED && transaction.isRefused()) {
      transaction.abort();
    }
    transaction.commit();
    if (aborted) {
      answer(fate, inline, () -> broken(batch, false));
    } else if (fate.outcome() == Outcome.ANSWERED) {
      answer(fate, inline, () -> settle(transaction, batch));
    } else {
      answer(fate, inline, () -> broken(batch, true));
    }
  }

  /** The process cancels what takes too long. */
  private void cancel(BatchTransaction transaction, Batch batch) {
    if (transaction.isWaiting()) {
      client.inProcess(
          () -> {
            if (transaction.isWaiting()) {
              transaction.abort();
              broken(batch, false);
            }
          });
    }
  }

  /** Back to the process. */
  private void answer(Fate fate, boolean inline, Runnable learn) {
    if (!fate.after().isZero()) {
      pace.later(fate.after(), () -> client.inProcess(learn));
    } else if (inline) {
      learn.run();
    } else {
      client.inProcess(learn);
    }
  }

  /** In the process: the same batch is repeated after a while. */
  private void broken(Batch batch, boolean ambiguous) {
    unsettled = new Batch(batch.writes(), batch.repeat() || ambiguous);
    if (backoff.isZero()) {
      backoff = FIRST_BACKOFF;
    } else {
      Duration doubled = backoff.multipliedBy(2);
      backoff = doubled.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : doubled;
    }
    if (closed) {
      leadOn();
    } else {
      pace.later(backoff, () -> client.inProcess(this::lead));
    }
  }

  private void settle(BatchTransaction transaction, Batch batch) {
    backoff = Duration.ZERO;
    if (transaction.isFenced()) {
      fail(batch, new NodeFencedException(batch.writes().get(0).owner));
    } else {
      for (int i = 0; i < batch.writes().size(); i++) {
        settle(transaction, batch.writes().get(i), transaction.refusal(i));
      }
    }
    leadOn();
  }

  private void leadOn() {
    if (queue.isEmpty() && unsettled == null) {
      led = false;
    } else {
      client.inProcess(this::lead);
    }
  }

  private void settle(BatchTransaction transaction, Write write, @Nullable String refusal) {
    if (refusal != null) {
      JournalRefusedException refused =
          new JournalRefusedException(
              "The database refused what was to be written of saga "
                  + write.sagaId
                  + ": "
                  + refusal
                  + ".",
              null);
      List<Write> behind = takeBehind(write.sagaId);
      write.fail(refused);
      behind.forEach(each -> each.fail(refused));
    } else if (write.start == null) {
      write.succeed();
    } else {
      StartResult result = transaction.result(write.start);
      if (result != null) {
        settle(write, result);
      } else if (write.mayBeRepeated()) {
        queue.addFirst(write);
      } else {
        write.fail(
            new JournalRefusedException(
                "Saga " + write.sagaId + " wasn't started: another transaction has its key.",
                null));
      }
    }
  }

  private void settle(Write start, StartResult result) {
    if (!result.created()) {
      JournalRefusedException lost =
          new JournalRefusedException(
              "Saga " + start.sagaId + " wasn't started: its key belongs to another.", null);
      takeBehind(start.sagaId).forEach(each -> each.fail(lost));
    }
    start.succeed(result);
  }

  /** Fails writes, and what is queued behind them. */
  private void fail(Batch batch, SagaStoreException failure) {
    List<Write> all = new ArrayList<>(batch.writes());
    batch.writes().forEach(write -> all.addAll(takeBehind(write.sagaId)));
    all.forEach(write -> write.fail(failure));
  }

  private List<Write> takeBehind(SagaId sagaId) {
    List<Write> behind = new ArrayList<>();
    for (Iterator<Write> writes = queue.iterator(); writes.hasNext(); ) {
      Write write = writes.next();
      if (write.sagaId.equals(sagaId)) {
        behind.add(write);
        writes.remove();
      }
    }
    return behind;
  }

  /** Fails what waits; what is under way is answered still. */
  void close() {
    closed = true;
    List<Write> waiting = new ArrayList<>(queue);
    queue.clear();
    waiting.forEach(write -> write.fail(closedException()));
    Batch again = unsettled;
    unsettled = null;
    if (again != null) {
      fail(again, closedException());
    }
  }

  /** Forgets everything: its process is dead. */
  void die() {
    closed = true;
    queue.clear();
    unsettled = null;
  }

  private static SagaStoreException closedException() {
    return new SagaStoreException(
        "The store is closed. What waited may or may not have been written.", null);
  }
}
