package io.sagaflow.store;

import io.sagaflow.SagaId;

/**
 * How a start within a caller's transaction went.
 *
 * @param sagaId the saga that has the business key, as that transaction sees it
 * @param created whether this start created it; otherwise it existed, and nothing was written
 * @param input the input with which that saga was started
 */
public record JoinedStart(SagaId sagaId, boolean created, Payload input) {}
