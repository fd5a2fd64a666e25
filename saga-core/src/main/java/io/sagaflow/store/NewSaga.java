package io.sagaflow.store;

/**
 * A saga to be started.
 *
 * @param header what never changes about it
 * @param first its first record, number 1
 */
public record NewSaga(SagaHeader header, StoredRecord first) {}
