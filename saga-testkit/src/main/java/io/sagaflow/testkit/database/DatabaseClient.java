package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredSaga;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * What {@code PostgresSagaStore} is to a real process, to a simulated one: the same lane, the same
 * statements, the same care for what is in doubt.
 */
public final class DatabaseClient implements SagaStore {

  private boolean connected = true;

  DatabaseClient() {}

  /**
   * Cuts the process off, which has died. What it hasn't sent is gone; what has reached the
   * database goes on there, and nobody learns of it.
   */
  public void disconnect() {
    connected = false;
  }

  @Override
  public void open() {
    if (!connected) {
      throw new SagaStoreException("The process is cut off.", null);
    }
  }

  @Override
  public NodeId join(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<NodeBeat> heartbeat(NodeId self) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<NodeBeat> nodes() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void evict(NodeId node) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int releaseOrphans(int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void leave(NodeId self, Set<SagaId> open) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<StartResult> start(NodeId owner, NewSaga saga) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> append(NodeId owner, SagaAppend append) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<ClaimedSaga> claim(
      NodeId owner, Set<DefinitionRef> definitions, Instant now, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<SagaStatus> post(SagaId sagaId, CommandKind kind, String by, String reason) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<StoredCommand> commands(NodeId owner, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<StoredSaga> load(SagaId sagaId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<SagaId> find(String definition, String businessKey) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<SagaId, SagaStatus> statuses(Collection<SagaId> sagaIds) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
