package io.sagaflow.jdbc;

/** Stores that use all of their lanes for few sagas, too: a saga's lane is found by its id. */
public final class SpreadStores {

  private SpreadStores() {}

  /** Has a store spread its writes always. */
  public static PostgresSagaStore.Builder always(PostgresSagaStore.Builder store) {
    return store.spreadFrom(0);
  }
}
