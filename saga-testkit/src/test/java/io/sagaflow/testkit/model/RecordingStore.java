package io.sagaflow.testkit.model;

import io.sagaflow.SagaId;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredSaga;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Tells a recorder what happens in a store whose writes are durable when their call returns. */
final class RecordingStore implements InvocationHandler {

  private final SagaStore store;
  private final TraceRecorder recorder;

  private RecordingStore(SagaStore store, TraceRecorder recorder) {
    this.store = store;
    this.recorder = recorder;
  }

  static SagaStore around(SagaStore store, TraceRecorder recorder) {
    return (SagaStore)
        Proxy.newProxyInstance(
            SagaStore.class.getClassLoader(),
            new Class<?>[] {SagaStore.class},
            new RecordingStore(store, recorder));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    List<NodeId> before = nodes();
    Object result;
    try {
      result = method.invoke(store, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    switch (method.getName()) {
      case "start" -> started((NodeId) arguments[0], (NewSaga) arguments[1], result);
      case "append" -> appended((NodeId) arguments[0], (SagaAppend) arguments[1], result);
      case "claim" -> claimed((NodeId) arguments[0], (List<?>) result);
      case "leave" -> recorder.left((NodeId) arguments[0]);
      case "join", "evict", "evictIfSilent" -> evicted(before);
      default -> {} // reads, renews a lease, or frees orphans, which shows when they are claimed
    }
    return result;
  }

  private List<NodeId> nodes() {
    return store.nodes().stream().map(NodeBeat::node).toList();
  }

  private void started(NodeId node, NewSaga saga, Object stage) {
    CompletableFuture<?> result = (CompletableFuture<?>) stage;
    if (isDone(result) && ((StartResult) result.join()).created()) {
      recorder.started(saga.header().id(), node);
    }
  }

  private void appended(NodeId node, SagaAppend append, Object stage) {
    if (isDone((CompletableFuture<?>) stage)) {
      SagaId saga = append.sagaId();
      StoredSaga stored = store.load(saga).orElseThrow();
      boolean released = append.release().isPresent() || stored.status().isTerminal();
      recorder.committed(saga, node, stored.journal(), released);
    }
  }

  private static boolean isDone(CompletableFuture<?> stage) {
    if (!stage.isDone()) {
      throw new IllegalStateException("A write that is under way can't be recorded");
    }
    return !stage.isCompletedExceptionally();
  }

  private void claimed(NodeId node, List<?> sagas) {
    for (Object each : sagas) {
      ClaimedSaga claimed = (ClaimedSaga) each;
      recorder.claimed(claimed.saga().header().id(), node, claimed.orphaned());
    }
  }

  private void evicted(List<NodeId> before) {
    List<NodeId> gone = new ArrayList<>(before);
    gone.removeAll(nodes());
    gone.forEach(recorder::evicted);
  }
}
