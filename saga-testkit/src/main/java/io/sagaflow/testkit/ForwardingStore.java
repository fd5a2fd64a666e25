package io.sagaflow.testkit;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.DefinitionShapes;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.SagaLocks;
import io.sagaflow.store.SagaPurge;
import io.sagaflow.store.SagaQueries;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredSaga;
import io.sagaflow.store.TransactionalStore;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Passes everything on to another store; a test overrides what is to go wrong. */
class ForwardingStore implements SagaStore {

  private final SagaStore store;

  ForwardingStore(SagaStore store) {
    this.store = store;
  }

  @Override
  public void open() {
    store.open();
  }

  @Override
  public NodeId join(String name) {
    return store.join(name);
  }

  @Override
  public List<NodeBeat> heartbeat(NodeId self) {
    return store.heartbeat(self);
  }

  @Override
  public List<NodeBeat> nodes() {
    return store.nodes();
  }

  @Override
  public void evict(NodeId node) {
    store.evict(node);
  }

  @Override
  public boolean evictIfSilent(NodeBeat seen) {
    return store.evictIfSilent(seen);
  }

  @Override
  public int releaseOrphans(int limit) {
    return store.releaseOrphans(limit);
  }

  @Override
  public void leave(NodeId self, Set<SagaId> open) {
    store.leave(self, open);
  }

  @Override
  public CompletionStage<StartResult> start(NodeId owner, NewSaga saga) {
    return store.start(owner, saga);
  }

  @Override
  public CompletionStage<Void> append(NodeId owner, SagaAppend append) {
    return store.append(owner, append);
  }

  @Override
  public List<ClaimedSaga> claim(
      NodeId owner, Set<DefinitionRef> definitions, Instant now, int limit) {
    return store.claim(owner, definitions, now, limit);
  }

  @Override
  public Optional<SagaStatus> post(SagaId sagaId, NewCommand command) {
    return store.post(sagaId, command);
  }

  @Override
  public List<StoredCommand> commands(NodeId owner, int limit) {
    return store.commands(owner, limit);
  }

  @Override
  public Optional<StoredSaga> load(SagaId sagaId) {
    return store.load(sagaId);
  }

  @Override
  public Optional<SagaHeader> header(SagaId sagaId) {
    return store.header(sagaId);
  }

  @Override
  public Optional<SagaId> find(String definition, String businessKey) {
    return store.find(definition, businessKey);
  }

  @Override
  public Map<SagaId, SagaStatus> statuses(Collection<SagaId> sagaIds) {
    return store.statuses(sagaIds);
  }

  @Override
  public SagaQueries queries() {
    return store.queries();
  }

  @Override
  public SagaPurge purge() {
    return store.purge();
  }

  @Override
  public DefinitionShapes shapes() {
    return store.shapes();
  }

  @Override
  public Optional<SagaLocks> locks() {
    return store.locks();
  }

  @Override
  public Optional<TransactionalStore> transactions() {
    return store.transactions();
  }

  @Override
  public void close() {
    store.close();
  }
}
