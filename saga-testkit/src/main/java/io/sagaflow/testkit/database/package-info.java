/**
 * A simulated PostgreSQL, as far as {@code PostgresSagaStore} relies on it: row locks that wait,
 * unique keys that wait for a writer in doubt, and connections that break around a commit. For
 * several simulated processes in one thread, in virtual time. Not exported.
 */
@NullMarked
package io.sagaflow.testkit.database;

import org.jspecify.annotations.NullMarked;
