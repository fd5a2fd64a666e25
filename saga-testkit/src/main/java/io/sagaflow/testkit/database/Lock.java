package io.sagaflow.testkit.database;

import java.util.ArrayList;
import java.util.List;

/**
 * Who holds a row or a key, and who waits for it in which order. As in PostgreSQL, one that
 * conflicts with no holder passes those that wait; once it waits for a row, it waits for its turn.
 */
final class Lock {

  final LockKey key;
  private final List<Entry> holders = new ArrayList<>(2);
  private final List<Entry> waiters = new ArrayList<>(2);

  private record Entry(Transaction transaction, LockMode mode, boolean queued) {

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

  /** Who stands in the way of a transaction: whoever stands before it, or else who holds it. */
  List<Transaction> blockers(Transaction transaction, LockMode mode) {
    List<Transaction> blockers = new ArrayList<>();
    for (Entry waiter : queueBefore(transaction)) {
      if (waiter.queued() && waiter.blocks(transaction, mode)) {
        blockers.add(waiter.transaction());
      }
    }
    if (blockers.isEmpty()) {
      for (Entry holder : holders) {
        if (holder.blocks(transaction, mode)) {
          blockers.add(holder.transaction());
        }
      }
    }
    return blockers;
  }

  /** The blocker whose end is awaited now: of several holders, that is the first. */
  List<Transaction> awaited(Transaction transaction, LockMode mode) {
    List<Transaction> blockers = blockers(transaction, mode);
    boolean behind = !blockers.isEmpty() && !isHeldBy(blockers.get(0));
    return behind || blockers.size() < 2 ? blockers : blockers.subList(0, 1);
  }

  /** Nobody, for one that doesn't wait or waits outside of the queue. */
  private List<Entry> queueBefore(Transaction transaction) {
    for (int i = 0; i < waiters.size(); i++) {
      if (waiters.get(i).transaction() == transaction) {
        return waiters.get(i).queued() ? waiters.subList(0, i) : List.of();
      }
    }
    return List.of();
  }

  void hold(Transaction transaction, LockMode mode) {
    giveUp(transaction);
    holders.add(new Entry(transaction, mode, false));
  }

  /** In the queue, or beside it, for one that only awaits the end of who holds it. */
  void await(Transaction transaction, LockMode mode, boolean queued) {
    for (Entry waiter : waiters) {
      if (waiter.transaction() == transaction) {
        return;
      }
    }
    waiters.add(new Entry(transaction, mode, queued));
  }

  int waiters() {
    return waiters.size();
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
