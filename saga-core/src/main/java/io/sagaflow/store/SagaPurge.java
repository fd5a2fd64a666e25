package io.sagaflow.store;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import io.sagaflow.SagaSummary;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Deletes sagas that have ended. Thread-safe; any number of nodes may call it at the same time. */
public interface SagaPurge {

  /**
   * Deletes some sagas, each with its journal and inbox, all or nothing. From then on their
   * business keys are free. A saga that hasn't ended is never deleted, and one that another node
   * deletes just now is left to it.
   *
   * <p>Blocks at most for the store's timeout. The store bounds at how many sagas it looks, so that
   * many that are to be kept don't make it slow.
   *
   * @param order which sagas
   * @return what was done, and where to go on
   * @throws SagaStoreException if the store doesn't answer; what was to be deleted may be
   */
  Purged purge(PurgeOrder order);

  /**
   * Which sagas to delete.
   *
   * @param statuses of these statuses; both are ends
   * @param endedBefore that ended before this
   * @param slice the range of ids to look in, and how many to delete at most
   */
  record PurgeOrder(Set<SagaStatus> statuses, Instant endedBefore, SagaSlice slice) {

    /** Copies the set; refuses statuses that aren't ends, and a range that begins at its end. */
    public PurgeOrder {
      statuses = Set.copyOf(statuses);
      if (!statuses.stream().allMatch(SagaStatus::isTerminal)) {
        throw new IllegalArgumentException("only ended sagas are purged; got " + statuses);
      }
      if (slice.descending()) {
        throw new IllegalArgumentException("a purge begins with the oldest saga");
      }
    }

    /**
     * Returns whether a saga is to be deleted.
     *
     * @param saga the saga
     * @return whether it is
     */
    public boolean accepts(SagaSummary saga) {
      return statuses.contains(saga.status())
          && saga.endedAt().map(endedBefore::isAfter).orElse(false)
          && slice.contains(saga.id());
    }

    /**
     * Returns what is left to do when all was done up to an id.
     *
     * @param last the id
     * @return the rest
     */
    public PurgeOrder behind(SagaId last) {
      return new PurgeOrder(statuses, endedBefore, slice.behind(last));
    }
  }

  /**
   * What a purge has done.
   *
   * @param sagas how many sagas were deleted
   * @param next the id behind which to go on; empty if the range has been gone through
   */
  record Purged(int sagas, Optional<SagaId> next) {}
}
