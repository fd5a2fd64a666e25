package io.sagaflow.testkit.database;

import java.util.ArrayList;
import java.util.List;

/**
 * Who holds a row or a key, and who waits for it in which order. As in PostgreSQL, one that
 * conflicts with no holder passes those that wait; once it waits, it waits for its turn.
 */
final class Lock {

  final LockKey key;
  private final List<Entry> holders = new ArrayList<>(2);
  private final List<Entry> waiters = new ArrayList<>(2);

  private record Entry(Transaction transaction, LockMode mode) {

    boolean blocks(Transaction other, LockMode wanted) {
      return transaction != other && mode.conflictsWith(wanted);
    }
  }

  Lock(LockKey key) {
    this.key = key;
  }

  boolean isFree() {
    return holders.isEmpty() && waiters.isEmpty();
  }

  boolean isHeldBy(Transaction transaction) {
    for (Entry holder : holders) {
      if (holder.transaction() == transaction) {
        return true;
      }
    }
    return false;
  }

  /** Whether somebody else holds it in a way that excludes a mode. */
  boolean excludes(Transaction transaction, LockMode mode) {
    for (Entry holder : holders) {
      if (holder.blocks(transaction, mode)) {
        return true;
      }
    }
    return false;
  }

  /** Who stands in the way of a transaction: conflicting holders, then whoever waits before it. */
  List<Transaction> blockers(Transaction transaction, LockMode mode) {
    List<Transaction> blockers = new ArrayList<>();
    for (Entry holder : holders) {
      if (holder.blocks(transaction, mode)) {
        blockers.add(holder.transaction());
      }
    }
    if (waits(transaction)) {
      for (Entry waiter : waiters) {
        if (waiter.transaction() == transaction) {
          break;
        }
        if (waiter.blocks(transaction, mode)) {
          blockers.add(waiter.transaction());
        }
      }
    }
    return blockers;
  }

  void hold(Transaction transaction, LockMode mode) {
    waiters.removeIf(entry -> entry.transaction() == transaction);
    holders.add(new Entry(transaction, mode));
  }

  void await(Transaction transaction, LockMode mode) {
    if (!waits(transaction)) {
      waiters.add(new Entry(transaction, mode));
    }
  }

  private boolean waits(Transaction transaction) {
    for (Entry waiter : waiters) {
      if (waiter.transaction() == transaction) {
        return true;
      }
    }
    return false;
  }

  void letGo(Transaction transaction) {
    holders.removeIf(entry -> entry.transaction() == transaction);
  }

  void giveUp(Transaction transaction) {
    waiters.removeIf(entry -> entry.transaction() == transaction);
  }

  /** Those that wait, in their order. */
  void addWaitersTo(List<Transaction> all) {
    for (Entry waiter : waiters) {
      if (!all.contains(waiter.transaction())) {
        all.add(waiter.transaction());
      }
    }
  }
}
