package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Release;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The statement that writes a batch. Its locks in PostgreSQL's order: the slot row, the keys of the
 * starts, the commands that go, the rows that change, the numbers of the records.
 *
 * <p>PostgreSQL refuses a batch as a whole, and the lane then halves it until the guilty saga is
 * alone. Here the guilty one is left out at once, unless the client is to lose the answer.
 */
class BatchTransaction extends Transaction {

  private final int lane;
  private final NodeId owner;
  private final List<Write> writes;
  private final boolean repeat;
  private final SagaRow[] rows;

  /** Whether a start is to insert, or an append's row is to change. */
  private final boolean[] changes;

  /** Starts that are left out: a caller's transaction is about to take their keys. */
  private final boolean[] leftOut;

  private final @Nullable String[] refusals;
  private List<Consumption> consumed = List.of();
  private boolean fenced;
  private boolean seen;

  /** A command that a write takes out of the inbox. */
  private record Consumption(int write, StoredCommand command) {}

  /**
   * Creates a batch.
   *
   * @param lane which of the node's lanes writes it
   */
  BatchTransaction(DatabaseClient client, int lane, List<Write> writes, boolean repeat) {
    this(client, Exchange.BATCH, lane, writes, repeat);
  }

  BatchTransaction(
      DatabaseClient client, Exchange exchange, int lane, List<Write> writes, boolean repeat) {
    super(client, exchange);
    this.lane = lane;
    this.owner = writes.get(0).owner;
    this.writes = writes;
    this.repeat = repeat;
    this.rows = new SagaRow[writes.size()];
    this.changes = new boolean[writes.size()];
    this.leftOut = new boolean[writes.size()];
    this.refusals = new @Nullable String[writes.size()];
  }

  @Override
  boolean execute() {
    Tables tables = database.tables();
    look(tables);
    if (!lockFence(tables)) {
      return false;
    }
    return fenced || (lockKeys(tables) && lockCommands() && lockRows() && lockNumbers());
  }

  /** Locks what keeps an eviction away until the commit, or finds that it came first. */
  boolean lockFence(Tables tables) {
    if (database.has(Guard.FENCE)) {
      NodeRow node = tables.nodes.get(owner);
      fence(node == null || lane > node.slots.size());
      if (node == null || fenced) {
        return true;
      }
      if (database.has(Guard.FENCE_HELD)
          && !database.locks().acquire(this, node.slots.get(lane - 1), LockMode.KEY_SHARE)) {
        return false;
      }
    }
    return true;
  }

  /** Notes whether the writer may write nothing any more. */
  void fence(boolean itIs) {
    fenced = itIs;
  }

  /** Finds the rows and commands that are in the statement's snapshot. */
  private void look(Tables tables) {
    if (seen) {
      return;
    }
    seen = true;
    for (int i = 0; i < rows.length; i++) {
      SagaAppend append = writes.get(i).append;
      SagaRow row = tables.sagas.get(writes.get(i).sagaId);
      rows[i] = row;
      if (append != null) {
        if (row == null && !repeat) { // a repeat may come when its saga has ended and is purged
          refusals[i] = "there is no such saga";
        }
        changes[i] = row != null && append.changesSaga() && owner.equals(row.owner);
      }
    }
    if (!tables.inbox.isEmpty()) {
      lookAtCommands(tables);
    }
  }

  private void lookAtCommands(Tables tables) {
    consumed = new ArrayList<>();
    for (StoredCommand command : tables.inbox.values()) {
      for (int i = 0; i < rows.length; i++) {
        SagaAppend append = writes.get(i).append;
        if (append != null && takes(append, command)) {
          consumed.add(new Consumption(i, command));
        }
      }
    }
  }

  private static boolean takes(SagaAppend append, StoredCommand command) {
    return append.consumed().contains(command.id())
        || (ends(append) && append.sagaId().equals(command.sagaId()));
  }

  private boolean lockCommands() {
    for (Consumption each : consumed) {
      if (!lockKey(new LockKey.Command(each.command().id()))) {
        return false;
      }
    }
    return true;
  }

  private boolean lockKeys(Tables tables) {
    Set<LockKey.Business> mine = rows.length == 1 ? Set.of() : new HashSet<>();
    for (int i = 0; i < rows.length; i++) {
      NewSaga start = writes.get(i).start;
      if (start != null) {
        LockKey.Business key = LockKey.Business.of(start.header());
        changes[i] = false;
        leftOut[i] = isBeingTaken(key);
        if (!leftOut[i] && !mine.contains(key) && !lockKey(tables, i, key)) {
          return false;
        }
        if (changes[i] && rows.length > 1) {
          mine.add(key);
        }
      }
    }
    return true;
  }

  /** Whether a caller's transaction starts a saga of a key: the insert would wait for its end. */
  private boolean isBeingTaken(LockKey.Business key) {
    return database.locks().isLockedFor(this, new LockKey.Advisory(key), LockMode.KEY_SHARE);
  }

  /**
   * A key that is taken isn't inserted. Whether it is taken depends on the row that has it, so a
   * change of that row in doubt is awaited, whatever it changes. The primary key is inserted first.
   */
  private boolean lockKey(Tables tables, int i, LockKey.Business key) {
    Locks locks = database.locks();
    SagaRow holder = tables.holder(key);
    if (holder != null) {
      return locks.awaitChange(this, holder.lock);
    }
    SagaId id = writes.get(i).sagaId;
    SagaRow present = tables.sagas.get(id);
    if (present != null) {
      refusals[i] = "another saga has its id";
      return locks.awaitChange(this, key) && locks.awaitChange(this, present.lock);
    }
    changes[i] = locks.awaitChange(this, key) && lockKey(new LockKey.SagaKey(id)) && lockKey(key);
    return changes[i];
  }

  private boolean lockKey(LockKey key) {
    return database.locks().acquire(this, key, LockMode.UPDATE);
  }

  private boolean lockRows() {
    for (int i = 0; i < rows.length; i++) {
      if (changes[i] && writes.get(i).append != null) {
        SagaRow row = rows[i];
        if (!database.locks().acquire(this, row.lock, LockMode.NO_KEY_UPDATE)) {
          return false;
        }
        changes[i] = owner.equals(row.owner);
      }
    }
    return true;
  }

  private boolean lockNumbers() {
    for (int i = 0; i < rows.length; i++) {
      SagaAppend append = writes.get(i).append;
      if (append != null && refusals[i] == null && !lockNumbers(i, append)) {
        return false;
      }
    }
    return true;
  }

  private boolean lockNumbers(int i, SagaAppend append) {
    if (rows[i] == null) {
      return true;
    }
    boolean needless = database.locks().areNeedlessFor(this);
    for (StoredRecord record : append.records()) {
      if (rows[i].hasRecord(record.seq())) {
        if (!repeat) {
          refusals[i] = "record " + record.seq() + " is there already";
          return true;
        }
      } else if (!needless && !lockKey(new LockKey.Journal(append.sagaId(), record.seq()))) {
        return false;
      }
    }
    return true;
  }

  @Override
  void apply() {
    if (fenced) {
      return;
    }
    consume();
    for (int i = 0; i < rows.length; i++) {
      Write write = writes.get(i);
      if (write.append != null) {
        if (refusals[i] == null && rows[i] != null) {
          append(rows[i], write.append, changes[i]);
        }
      } else if (write.start != null && changes[i]) {
        database.tables().insert(owner, write.start);
        database.watcher().started(owner, write.start);
      }
    }
  }

  private void append(SagaRow row, SagaAppend append, boolean changed) {
    boolean owned = owner.equals(row.owner);
    boolean wrote = changed && append.records().isEmpty();
    for (StoredRecord record : append.records()) {
      if (!row.hasRecord(record.seq())) {
        row.add(record);
        wrote = true;
      }
    }
    if (changed) {
      change(row, append, gone(append.sagaId()));
    }
    if (wrote) {
      database.watcher().appended(owner, append, owned);
    }
  }

  /** Takes commands out of the inbox, if another hasn't meanwhile. */
  private void consume() {
    List<Consumption> taken = new ArrayList<>(consumed.size());
    for (Consumption each : consumed) {
      if (refusals[each.write()] == null
          && database.tables().inbox.remove(each.command().id()) != null) {
        taken.add(each);
      }
    }
    consumed = taken;
  }

  /** How many of a saga's commands the batch has taken. */
  private int gone(SagaId sagaId) {
    int gone = 0;
    for (Consumption each : consumed) {
      gone += each.command().sagaId().equals(sagaId) ? 1 : 0;
    }
    return gone;
  }

  private void change(SagaRow row, SagaAppend append, int gone) {
    boolean unanswered = row.commands > gone;
    row.status = append.status().orElse(row.status);
    row.orphaned = false;
    row.commands = ends(append) ? 0 : row.commands - gone;
    if (append.progress()) {
      row.recoveries = 0;
    }
    Optional<Release> release = append.release();
    row.step = release.flatMap(Release::step).orElse(append.status().isEmpty() ? row.step : null);
    row.endedAt = append.status().isEmpty() ? row.endedAt : append.endedAt().orElse(null);
    if (ends(append)) {
      row.step = null;
      database.tables().disown(row, null);
      release
          .filter(Release::unlocks)
          .ifPresent(end -> database.tables().semanticLocks.release(append.sagaId()));
    } else if (release.isPresent()) {
      Instant wakeAt = unanswered ? Tables.AT_ONCE : release.get().wakeAt().orElse(null);
      database.tables().disown(row, wakeAt);
    }
  }

  private static boolean ends(SagaAppend append) {
    Optional<SagaStatus> status = append.status();
    return status.isPresent() && status.get().isTerminal();
  }

  /** Whether the database refuses any of it. */
  boolean isRefused() {
    for (String refusal : refusals) {
      if (refusal != null) {
        return true;
      }
    }
    return false;
  }

  boolean isFenced() {
    return fenced;
  }

  /** Why the database refuses a write, or null. */
  @Nullable String refusal(int i) {
    return refusals[i];
  }

  /**
   * Who has the key of a start, asked after the commit; null if its saga was purged since, or if
   * the one that is about to have it isn't committed.
   */
  @Nullable StartResult result(NewSaga start) {
    SagaRow holder = database.tables().holder(LockKey.Business.of(start.header()));
    if (holder == null) {
      return null;
    }
    SagaId id = holder.header.id();
    return new StartResult(id, id.equals(start.header().id()));
  }
}
