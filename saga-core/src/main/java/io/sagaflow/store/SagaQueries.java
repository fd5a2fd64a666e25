package io.sagaflow.store;

import io.sagaflow.SagaCounts;
import io.sagaflow.SagaStoreException;
import java.util.List;

/**
 * What a store answers about its sagas together. Each answer takes about as long whether the store
 * has thousands of sagas or millions.
 *
 * <p>Thread-safe. Methods block, at most for the store's timeout, and throw {@link
 * SagaStoreException} if the store doesn't answer. They see what is committed.
 */
public interface SagaQueries {

  /**
   * Lists sagas.
   *
   * @param filter which sagas
   * @param slice which of them
   * @return the sagas; it may be fewer than the slice's limit, and more be there, since a store
   *     bounds at how many it looks
   */
  SagaListing list(SagaFilter filter, SagaSlice slice);

  /**
   * Counts sagas by their status.
   *
   * @return the counts; large ones may be estimates
   */
  SagaCounts counts();

  /**
   * Finds out which definitions have sagas that haven't ended.
   *
   * @return each version of each definition that has any, and how many
   */
  List<SagasInFlight> inFlight();
}
