package io.sagaflow.store;

import io.sagaflow.LockClaim;
import io.sagaflow.SagaId;
import java.util.List;
import java.util.Set;

/**
 * Semantic locks: what keeps other sagas away from a business object while a saga that has changed
 * it may still have to undo that (Garcia-Molina and Salem's missing isolation). Durable as the
 * journal is; an append that ends a saga with {@link Release#unlocking} releases what it holds.
 *
 * <p>All keys of one request are granted together, in the order in which sagas have asked: whoever
 * holds one of them is in the way, and whoever asked for one before and still goes forward. {@link
 * LockRules} says so for all stores.
 */
public interface SagaLocks {

  /**
   * Asks for locks, and may be repeated at will: what was granted stays so, and who waits keeps its
   * place.
   *
   * @param owner the node, the saga's owner
   * @param saga the saga that asks
   * @param root the outermost saga of its family, for which they are held; itself as a rule. If
   *     that one has ended, they are held for the saga itself
   * @param keys what to lock, at least one
   * @return what came of it; durable
   * @throws NodeFencedException if the node has no lease
   */
  LockAnswer acquire(NodeId owner, SagaId saga, SagaId root, Set<String> keys);

  /**
   * Gives up all places in queues of a saga that doesn't need what it waits for any more. What it
   * holds it keeps.
   *
   * @param saga the saga that asked
   */
  void withdraw(SagaId saga);

  /**
   * Finds sagas that wait, and need not any longer.
   *
   * @param limit how many at most, at least 1
   * @return the sagas of which a request would be granted
   */
  List<SagaId> next(int limit);

  /**
   * Lists who holds a lock and who waits for it.
   *
   * @param key what is locked
   * @return the claims in the order in which they came; empty if it is free
   */
  List<LockClaim> claims(String key);

  /**
   * Lists what a saga holds and waits for.
   *
   * @param holder the saga, the outermost one of its family
   * @return the claims of its family, by key
   */
  List<LockClaim> claims(SagaId holder);
}
