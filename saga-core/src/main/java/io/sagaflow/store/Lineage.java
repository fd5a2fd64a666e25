package io.sagaflow.store;

import static java.util.Objects.requireNonNull;

import io.sagaflow.SagaId;

/**
 * Where a child saga comes from.
 *
 * @param parent the saga that waits for it
 * @param root the outermost saga; the parent, unless that is a child itself. As long as the root
 *     hasn't ended, the child may still have to be undone
 */
public record Lineage(SagaId parent, SagaId root) {

  /** Refuses nulls. */
  public Lineage {
    requireNonNull(parent, "parent");
    requireNonNull(root, "root");
  }
}
