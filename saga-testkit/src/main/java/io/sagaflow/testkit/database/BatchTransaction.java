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
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The statement that writes a batch. Its locks in PostgreSQL's order: the slot row, the keys of the
 * starts, the rows that change, the numbers of the records.
 *
 * <p>PostgreSQL refuses a batch as a whole, and the lane then halves it until the guilty saga is
 * alone. Here the guilty one is left out at once, unless the client is to lose the answer.
 *
 * <p>Of a saga that ends, all commands go, while PostgreSQL leaves one lying that was posted after
 * the statement's snapshot; nobody can see that through the store.
 */
final class BatchTransaction extends Transaction {

  private final NodeId owner;
  private final List<Write> writes;
  private final boolean repeat;
  private final SagaRow[] rows;

  /** Whether a start is to insert, or an append's row is to change. */
  private final boolean[] changes;

  private final @Nullable String[] refusals;
  private boolean fenced;
  private boolean seen;

  BatchTransaction(DatabaseClient client, List<Write> writes, boolean repeat) {
    super(client, Exchange.BATCH);
    this.owner = writes.get(0).owner;
    this.writes = writes;
    this.repeat = repeat;
    this.rows = new SagaRow[writes.size()];
    this.changes = new boolean[writes.size()];
    this.refusals = new @Nullable String[writes.size()];
  }

  @Override
  boolean execute() {
    Tables tables = database.tables();
    look(tables);
    if (database.has(Guard.FENCE)) {
      NodeRow node = tables.nodes.get(owner);
      fenced = node == null;
      if (node == null) {
        return true;
      }
      if (database.has(Guard.FENCE_HELD)
          && !database.locks().acquire(this, node.slot, LockMode.KEY_SHARE)) {
        return false;
      }
    }
    return lockKeys(tables) && lockRows() && lockNumbers();
  }

  /** Finds the rows that the UPDATE's snapshot lets it find. */
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
        if (row == null) {
          refusals[i] = "there is no such saga";
        }
        changes[i] = row != null && append.changesSaga() && owner.equals(row.owner);
      }
    }
  }

  private boolean lockKeys(Tables tables) {
    Set<LockKey.Business> mine = rows.length == 1 ? Set.of() : new HashSet<>();
    for (int i = 0; i < rows.length; i++) {
      NewSaga start = writes.get(i).start;
      if (start != null) {
        LockKey.Business key = LockKey.Business.of(start.header());
        changes[i] = false;
        if (!mine.contains(key) && !lockKey(tables, i, key)) {
          return false;
        }
        if (changes[i] && rows.length > 1) {
          mine.add(key);
        }
      }
    }
    return true;
  }

  /**
   * A key that is taken isn't inserted. Whether it is taken depends on the row that has it, so a
   * change of that row in doubt is awaited, whatever it changes.
   */
  private boolean lockKey(Tables tables, int i, LockKey.Business key) {
    Locks locks = database.locks();
    SagaRow holder = tables.holder(key);
    if (holder != null) {
      return locks.awaitChange(this, holder.lock);
    }
    if (!lockKey(key)) {
      return false;
    }
    SagaRow present = tables.sagas.get(writes.get(i).sagaId);
    if (present != null) {
      refusals[i] = "another saga has its id";
      return locks.awaitChange(this, present.lock);
    }
    changes[i] = lockKey(new LockKey.SagaKey(writes.get(i).sagaId));
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
    for (int i = 0; i < rows.length; i++) {
      Write write = writes.get(i);
      if (write.append != null) {
        if (refusals[i] == null) {
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
    int consumed = consume(append);
    if (changed) {
      change(row, append, consumed);
    }
    if (wrote) {
      database.watcher().appended(owner, append, owned);
    }
  }

  /** Takes commands out of the inbox, and says how many were this saga's. */
  private int consume(SagaAppend append) {
    Map<Long, StoredCommand> inbox = database.tables().inbox;
    if (inbox.isEmpty()) {
      return 0;
    }
    int consumed = 0;
    for (Long id : append.consumed()) {
      StoredCommand command = inbox.remove(id);
      consumed += command != null && command.sagaId().equals(append.sagaId()) ? 1 : 0;
    }
    if (ends(append)) {
      for (Iterator<StoredCommand> all = inbox.values().iterator(); all.hasNext(); ) {
        if (all.next().sagaId().equals(append.sagaId())) {
          all.remove();
          consumed++;
        }
      }
    }
    return consumed;
  }

  private void change(SagaRow row, SagaAppend append, int consumed) {
    boolean unanswered = row.commands > consumed;
    row.status = append.status().orElse(row.status);
    row.orphaned = false;
    row.commands -= consumed;
    if (append.progress()) {
      row.recoveries = 0;
    }
    Optional<Release> release = append.release();
    if (ends(append)) {
      database.tables().disown(row, null);
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

  /** Who has the key of a start, asked after the commit. */
  StartResult result(NewSaga start) {
    SagaRow holder = database.tables().holder(LockKey.Business.of(start.header()));
    if (holder == null) {
      throw new IllegalStateException("Nobody has the key of " + start.header());
    }
    SagaId id = holder.header.id();
    return new StartResult(id, id.equals(start.header().id()));
  }
}
