package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * What a {@linkplain SagaCoordinator#sagas query} found, up to its limit. Immutable.
 *
 * <p>A page may hold fewer sagas than its limit, even none, and have a next page all the same: one
 * query looks at so many rows at most, and then says where to go on.
 *
 * @param sagas the sagas, in the order of their starts
 * @param next what to pass to {@link SagaQuery#after} for the next page; empty for the last one
 */
public record SagaPage(List<SagaSummary> sagas, Optional<String> next) {

  /** Copies the list. */
  public SagaPage {
    sagas = List.copyOf(sagas);
    requireNonNull(next, "next");
  }
}
