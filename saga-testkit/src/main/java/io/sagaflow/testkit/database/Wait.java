package io.sagaflow.testkit.database;

import java.util.Set;

/**
 * An exchange that waits for locks.
 *
 * @param client whose it is
 * @param exchange which kind
 * @param blockers whose exchanges it waits for
 */
public record Wait(DatabaseClient client, Exchange exchange, Set<DatabaseClient> blockers) {}
