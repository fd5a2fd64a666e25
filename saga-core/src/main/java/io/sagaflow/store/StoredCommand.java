package io.sagaflow.store;

import io.sagaflow.SagaId;

/**
 * A command in a saga's inbox, as a row.
 *
 * @param id its number, growing with time
 * @param sagaId the saga
 * @param kind the name of a {@link CommandKind}; perhaps one that only a newer version knows
 * @param by who asks
 * @param reason why
 */
public record StoredCommand(long id, SagaId sagaId, String kind, String by, String reason) {}
