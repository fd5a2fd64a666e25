package io.sagaflow.store;

import io.sagaflow.SagaStatus;
import java.util.List;

/**
 * A saga as a store holds it.
 *
 * @param header what never changes about it
 * @param status its status
 * @param journal its records in order
 */
public record StoredSaga(SagaHeader header, SagaStatus status, List<StoredRecord> journal) {

  /** Copies the list. */
  public StoredSaga {
    journal = List.copyOf(journal);
  }
}
