package io.sagaflow.store;

import static java.util.Objects.requireNonNull;

import io.sagaflow.SagaId;
import io.sagaflow.SagaSummary;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Sagas that were found in a slice.
 *
 * @param sagas the sagas, in the slice's order
 * @param next the id behind which to go on; empty if the slice has been gone through
 */
public record SagaListing(List<SagaSummary> sagas, Optional<SagaId> next) {

  /** Copies the list. */
  public SagaListing {
    sagas = List.copyOf(sagas);
    requireNonNull(next, "next");
  }

  /**
   * Finds sagas among all that there are: for stores that have them in memory.
   *
   * @param all all sagas, in any order
   * @param filter which are wanted
   * @param slice which of those
   * @return what was found
   */
  public static SagaListing of(Stream<SagaSummary> all, SagaFilter filter, SagaSlice slice) {
    return of(
        all.filter(saga -> slice.contains(saga.id()) && filter.accepts(saga))
            .sorted(Comparator.comparing(SagaSummary::id, slice.order()))
            .limit(slice.limit() + 1L)
            .toList(),
        slice.limit());
  }

  /**
   * Makes a listing of what a store found when it looked for one saga more than wanted.
   *
   * @param found the sagas, in the slice's order, up to {@code limit + 1} of them
   * @param limit how many are wanted
   * @return the listing; without a next id if there were no more than wanted
   */
  public static SagaListing of(List<SagaSummary> found, int limit) {
    return found.size() > limit
        ? new SagaListing(found.subList(0, limit), Optional.of(found.get(limit - 1).id()))
        : new SagaListing(found, Optional.empty());
  }
}
