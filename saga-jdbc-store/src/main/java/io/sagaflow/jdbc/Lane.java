package io.sagaflow.jdbc;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.StartResult;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Group commit by flat combining (Hendler, Incze, Shavit and Tzafrir, SPAA 2010). A caller that
 * finds the lane idle leads it, and writes at once everything that is queued; callers that come
 * meanwhile only queue. So a lone saga pays neither a hand-over nor a delay, and the busier the
 * lane is, the larger its batches become. Some sagas let each other join, see {@link Gathering}.
 *
 * <p>There is one leader at a time, and only it touches {@link #work} and {@link #backoff}: leading
 * passes from thread to thread under the lock or through the executor. A caller leads a few batches
 * and hands over to the lane's own thread; it hands over at once when the database doesn't answer.
 * The lock is never held while a stage is completed or a statement runs.
 */
final class Lane {

  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

  private static final int CAPACITY = 10_000;
  private static final int BATCHES_PER_LEADER = 8;
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(50);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(2);
  private static final long ROOM_SECONDS = 30;
  private static final long CLOSE_SECONDS = 35; // a statement's timeout and a little

  private final BatchWriter writer;
  private final String server;
  private final ExecutorService executor;

  /** Guards queue, gathering, leader, led and closed. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();
  private final WriteQueue queue = new WriteQueue();
  private final Gathering gathering;
  private @Nullable Thread leader;
  private boolean led;
  private boolean closed;

  /** Batches taken from the queue and not settled; more than one after a bisection. */
  private final Deque<Batch> work = new ArrayDeque<>();

  private Duration backoff = Duration.ZERO;

  Lane(BatchWriter writer, String server, Gathering gathering) {
    this.writer = writer;
    this.server = server;
    this.gathering = gathering;
    this.executor =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "sagaflow-lane");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Queues a write, and leads if nobody does. A start waits while the lane is full; an append never
   * does, for the sagas that are in memory bound their number, and it may come from a thread that
   * leads.
   */
  void submit(Write write) {
    SagaStoreException refusal = null;
    boolean lead = false;
    lock.lock();
    try {
      if (write.start() != null && !hasRoom()) {
        refusal = fullException();
      }
      if (closed) {
        refusal = closedException();
      }
      if (refusal == null) {
        queue.add(write);
        if (gathering.isOver(queue.size())) {
          changed.signalAll();
        }
        lead = !led;
        led = true;
      }
    } finally {
      lock.unlock();
    }
    if (refusal != null) {
      write.fail(refusal);
    }
    if (lead) {
      lead(BATCHES_PER_LEADER);
    }
  }

  /** Waits for room; false if there was none for long. */
  private boolean hasRoom() {
    long nanos = SECONDS.toNanos(ROOM_SECONDS);
    try {
      while (queue.size() >= CAPACITY && !closed && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return queue.size() < CAPACITY;
  }

  /** Writes until nothing is queued, or hands over. */
  private void lead(int batches) {
    for (int written = 0; written < batches; written++) {
      Batch batch = next();
      if (batch == null) {
        return;
      }
      if (!settle(batch)) {
        break;
      }
    }
    setLeader(null);
    handOver();
  }

  private void handOver() {
    try {
      executor.execute(this::leadOn);
    } catch (RejectedExecutionException e) { // closed meanwhile
      leadOn();
    }
  }

  private void leadOn() {
    pause();
    lead(BATCHES_PER_LEADER);
  }

  /** Finds work, or stops leading. */
  private @Nullable Batch next() {
    Batch unsettled = work.poll();
    lock.lock();
    try {
      leader = Thread.currentThread();
      if (unsettled != null) {
        return unsettled;
      }
      gather();
      if (queue.isEmpty()) {
        led = false;
        leader = null;
        changed.signalAll();
        return null;
      }
      Batch batch = new Batch(queue.takeBatch(), false);
      changed.signalAll();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** Lets those join whose writes have just been settled. */
  private void gather() {
    long nanos = gathering.begin(queue.size());
    if (nanos == 0) {
      return;
    }
    try {
      while (nanos > 0 && !closed && !gathering.isEnough(queue.size())) {
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    gathering.end(nanos <= 0 && !gathering.isEnough(queue.size()));
  }

  private void settling(Batch batch) {
    lock.lock();
    try {
      gathering.settling(batch.writes().size(), queue.size());
    } finally {
      lock.unlock();
    }
  }

  /** Tries a batch once. Returns false when it has to wait before the next try. */
  private boolean settle(Batch batch) {
    if (isClosed()) {
      fail(batch.writes(), closedException());
      return true;
    }
    try {
      Optional<Map<SagaId, StartResult>> starts = writer.write(batch);
      backoff = Duration.ZERO;
      if (starts.isEmpty()) {
        fail(batch.writes(), new NodeFencedException(batch.owner()));
      } else {
        settling(batch);
        succeed(batch, starts.get());
      }
      return true;
    } catch (SQLException e) {
      return recover(batch, e);
    } catch (RuntimeException e) { // the driver refused a value
      refuse(batch, e);
      return true;
    } catch (Error e) { // out of memory, say: nobody's records are to blame
      lengthenBackoff(Level.ERROR, e.toString());
      work.addFirst(batch.repeated(true));
      return false;
    }
  }

  private boolean recover(Batch batch, SQLException e) {
    return switch (SqlFailure.of(e)) {
      case UNAVAILABLE -> {
        lengthenBackoff(Level.WARN, SqlFailure.explain("write journals", server, e).toString());
        work.addFirst(batch.repeated(SqlFailure.isAmbiguous(e)));
        yield false;
      }
      case MISCONFIGURED -> { // until somebody has mended it
        lengthenBackoff(Level.ERROR, SqlFailure.explain("write journals", server, e).toString());
        work.addFirst(batch.repeated(SqlFailure.isAmbiguous(e)));
        yield false;
      }
      case REFUSED -> {
        refuse(batch, e);
        yield true;
      }
    };
  }

  private void lengthenBackoff(Level level, String why) {
    if (backoff.isZero()) {
      LOG.atLevel(level).log("Appends wait and are repeated. {}", why);
      backoff = FIRST_BACKOFF;
      return;
    }
    Duration doubled = backoff.multipliedBy(2);
    backoff = doubled.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : doubled;
  }

  /** Halves the batch until the guilty saga is alone; the statement wrote nothing of it. */
  private void refuse(Batch batch, Exception e) {
    if (batch.writes().size() > 1) {
      work.addFirst(batch.secondHalf());
      work.addFirst(batch.firstHalf());
      return;
    }
    SagaId guilty = batch.writes().get(0).sagaId();
    fail(
        batch.writes(),
        new JournalRefusedException(
            "PostgreSQL refused what was to be written of saga " + guilty + ": " + e.getMessage(),
            e));
  }

  private void succeed(Batch batch, Map<SagaId, StartResult> starts) {
    List<Write> again = new ArrayList<>();
    for (Write write : batch.writes()) {
      StartResult result = starts.get(write.sagaId());
      if (write.start() == null) {
        write.succeed();
      } else if (result == null && write.mayBeRepeated()) {
        again.add(write);
      } else {
        succeed(write, result);
      }
    }
    if (!again.isEmpty()) { // who had their keys was purged before it was asked for
      work.addFirst(new Batch(again, batch.repeat()));
    }
  }

  private void succeed(Write start, @Nullable StartResult result) {
    if (result == null) {
      fail(
          List.of(start),
          new JournalRefusedException(
              "Saga "
                  + start.sagaId()
                  + " wasn't started: a transaction that has started one with its key is still"
                  + " under way. Repeat the call when that has ended.",
              null));
      return;
    }
    if (!result.created()) {
      failAll(
          behind(List.of(start)),
          new JournalRefusedException(
              "Saga " + start.sagaId() + " wasn't started: its key belongs to another.", null));
    }
    start.succeed(result);
  }

  /** Fails writes, and what is queued behind them. */
  private void fail(List<Write> writes, SagaStoreException failure) {
    List<Write> all = new ArrayList<>(writes);
    all.addAll(behind(writes)); // taken out first: who sees the failure may write anew
    failAll(all, failure);
  }

  private static void failAll(List<Write> writes, SagaStoreException failure) {
    writes.forEach(write -> write.fail(failure));
  }

  private List<Write> behind(List<Write> writes) {
    lock.lock();
    try {
      List<Write> behind = new ArrayList<>();
      writes.forEach(write -> behind.addAll(queue.removeAll(write.sagaId())));
      changed.signalAll();
      return behind;
    } finally {
      lock.unlock();
    }
  }

  private void pause() {
    long nanos = backoff.toNanos();
    lock.lock();
    try {
      while (nanos > 0 && !closed) {
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void setLeader(@Nullable Thread thread) {
    lock.lock();
    try {
      leader = thread;
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private static SagaStoreException fullException() {
    return new SagaStoreException(
        "Nothing was started: "
            + CAPACITY
            + " writes wait for the database already, and none was done for a while.",
        null);
  }

  private static SagaStoreException closedException() {
    return new SagaStoreException(
        "The store is closed. What waited may or may not have been written.", null);
  }

  /** Fails what waits, and whatever comes. */
  void stop() {
    List<Write> waiting;
    lock.lock();
    try {
      closed = true;
      waiting = queue.drain();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    failAll(waiting, closedException());
    executor.shutdown();
  }

  /** A caller may lead as well as the lane's own thread; one that closes the lane doesn't wait. */
  void awaitLeader() {
    lock.lock();
    try {
      long nanos = SECONDS.toNanos(CLOSE_SECONDS);
      while (led && leader != Thread.currentThread() && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      if (nanos <= 0) {
        LOG.warn("A write to PostgreSQL at {} didn't end within {} s.", server, CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
