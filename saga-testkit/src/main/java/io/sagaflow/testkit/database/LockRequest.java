package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.store.LockAnswer;
import io.sagaflow.store.NodeId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A saga asks for semantic locks, behind the fence of its node's heartbeat row. The real one has
 * the keys' advisory locks until it ends; here it is decided in the moment of the commit.
 */
final class LockRequest extends Transaction {

  private final NodeId node;
  private final SagaId saga;
  private final SagaId root;
  private final Set<String> keys;
  private boolean fenced;
  private @Nullable LockAnswer answer;

  LockRequest(DatabaseClient client, NodeId node, SagaId saga, SagaId root, Set<String> keys) {
    super(client, Exchange.LOCK);
    this.node = node;
    this.saga = saga;
    this.root = root;
    this.keys = keys;
  }

  @Override
  boolean execute() {
    NodeRow row = database.tables().nodes.get(node);
    fenced = row == null;
    return row == null || database.locks().acquire(this, row.heartbeat, LockMode.KEY_SHARE);
  }

  @Override
  void apply() {
    if (!fenced) {
      answer = database.tables().semanticLocks.acquire(saga, root, keys);
      database.watcher().asked(saga, answer);
    }
  }

  boolean isFenced() {
    return fenced;
  }

  /** What came of it, once it is committed. */
  LockAnswer answer() {
    if (answer == null) {
      throw new IllegalStateException("It isn't committed");
    }
    return answer;
  }
}
