package io.sagaflow.testkit.database;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The lock table. A transaction that commits in the moment in which it executes leaves no trace in
 * it while nobody else does, which is nearly always: only what is in doubt holds locks for any
 * time.
 */
final class Locks {

  private final Map<LockKey, Lock> table = new HashMap<>();
  private final Set<Transaction> waiting = new LinkedHashSet<>();
  private final List<Transaction> woken = new ArrayList<>();
  private boolean waking;
  private int cycles;

  boolean isQuiet() {
    return table.isEmpty();
  }

  /** Whether a transaction may do without locks: it ends before anybody else has a turn. */
  boolean areNeedlessFor(Transaction transaction) {
    return transaction.isFleeting() && table.isEmpty();
  }

  /** How many wait for one row or key, where most do. */
  int longestQueue() {
    int longest = 0;
    for (Lock lock : table.values()) {
      longest = Math.max(longest, lock.waiters());
    }
    return longest;
  }

  int cycles() {
    return cycles;
  }

  /** Transactions that wait, in the order in which they began to. */
  List<Transaction> waiting() {
    return List.copyOf(waiting);
  }

  /**
   * Takes a lock. If that isn't possible now, the transaction waits, or is the victim of a cycle.
   */
  boolean acquire(Transaction transaction, LockKey key, LockMode mode) {
    if (areNeedlessFor(transaction)) {
      return true;
    }
    Lock lock = table.computeIfAbsent(key, Lock::new);
    if (lock.isHeldBy(transaction)) { // it has waited for another, and begins anew
      return true;
    }
    if (lock.blockers(transaction, mode).isEmpty()) {
      lock.hold(transaction, mode);
      transaction.holds(lock);
      return true;
    }
    await(transaction, lock, mode, key.isQueued());
    return false;
  }

  /** Awaits the end of whoever changes a row or inserts a key, and doesn't lock it. */
  boolean awaitChange(Transaction transaction, LockKey row) {
    Lock lock = table.get(row);
    if (lock == null || !lock.excludes(transaction, LockMode.NO_KEY_UPDATE)) {
      return true;
    }
    await(transaction, lock, LockMode.NO_KEY_UPDATE, false);
    return false;
  }

  private void await(Transaction transaction, Lock lock, LockMode mode, boolean queued) {
    transaction.awaits(lock, mode);
    lock.await(transaction, mode, queued);
    waiting.add(transaction);
    if (closesCycle(transaction)) {
      cycles++;
      transaction.fail();
    }
  }

  /** Whether a row can't be locked now, for SKIP LOCKED. */
  boolean isLockedFor(Transaction transaction, LockKey key, LockMode mode) {
    Lock lock = table.get(key);
    return lock != null && lock.excludes(transaction, mode);
  }

  private static boolean closesCycle(Transaction transaction) {
    List<Transaction> reached = new ArrayList<>(transaction.blockers());
    Set<Transaction> seen = new HashSet<>(reached);
    for (int i = 0; i < reached.size(); i++) {
      if (reached.get(i) == transaction) {
        return true;
      }
      for (Transaction next : reached.get(i).blockers()) {
        if (seen.add(next)) {
          reached.add(next);
        }
      }
    }
    return false;
  }

  /** It waits for nothing any more. */
  void waitsNoLonger(Transaction transaction) {
    if (!waiting.isEmpty()) {
      waiting.remove(transaction);
    }
  }

  /** Leaves a queue; whoever stood behind may go on. */
  void giveUp(Transaction transaction, Lock lock) {
    lock.giveUp(transaction);
    lock.addWaitersTo(woken);
    dropIfFree(lock);
    wake();
  }

  /** Lets go of what a transaction holds, and lets those go on that waited for it. */
  void release(Transaction transaction, List<Lock> held) {
    for (Lock lock : held) {
      lock.letGo(transaction);
      lock.addWaitersTo(woken);
      dropIfFree(lock);
    }
    wake();
  }

  /** One after the other: what goes on may end, and wake more. */
  private void wake() {
    if (waking) {
      return;
    }
    waking = true;
    try {
      while (!woken.isEmpty()) {
        woken.remove(0).goOn();
      }
    } finally {
      waking = false;
    }
  }

  private void dropIfFree(Lock lock) {
    if (lock.isFree()) {
      table.remove(lock.key, lock);
    }
  }
}
