package io.sagaflow.engine;

import io.sagaflow.store.SagaStore;

/** What outlives a node's lease: the store, the options, and who listens. */
interface World {

  SagaStore store();

  Environment environment();

  EngineOptions options();

  Listeners listeners();

  Watchers watchers();

  RunningCalls calls();

  boolean isClosing();

  /** Called when the store says that a node has lost its lease. */
  void fenced(Node node);
}
