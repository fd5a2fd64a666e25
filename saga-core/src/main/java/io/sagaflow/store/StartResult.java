package io.sagaflow.store;

import io.sagaflow.SagaId;

/**
 * How a start went.
 *
 * @param sagaId the saga that has the business key now
 * @param created whether this start created it; otherwise it existed, and nothing was written
 */
public record StartResult(SagaId sagaId, boolean created) {}
