package io.sagaflow.store;

import io.sagaflow.SagaStoreException;

/**
 * Another node took this node's place, so nothing was written and nothing will be: forget the state
 * of its sagas, and join anew.
 */
public final class NodeFencedException extends SagaStoreException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param node the node that is fenced
   */
  public NodeFencedException(NodeId node) {
    super("Node " + node + " has lost its lease: another node took its sagas over.", null);
  }
}
