package io.sagaflow.testkit.database;

import io.sagaflow.LockClaim;
import io.sagaflow.SagaId;
import io.sagaflow.store.InMemoryLocks;
import io.sagaflow.store.LockAnswer;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaLocks;
import java.util.List;
import java.util.Set;

/** The semantic locks in the database, as one client reaches them. */
final class SemanticLocks implements SagaLocks {

  private final DatabaseClient client;

  SemanticLocks(DatabaseClient client) {
    this.client = client;
  }

  private InMemoryLocks locks() {
    client.read();
    return client.database().tables().semanticLocks;
  }

  @Override
  public LockAnswer acquire(NodeId owner, SagaId saga, SagaId root, Set<String> keys) {
    return client.lock(new LockRequest(client, owner, saga, root, keys), owner);
  }

  @Override
  public void withdraw(SagaId saga) {
    locks().withdraw(saga);
  }

  @Override
  public List<SagaId> next(int limit) {
    return locks().next(limit);
  }

  @Override
  public List<LockClaim> claims(String key) {
    return locks().claims(key);
  }

  @Override
  public List<LockClaim> claims(SagaId holder) {
    return locks().claims(holder);
  }
}
