/** The store in PostgreSQL, {@link io.sagaflow.jdbc.PostgresSagaStore}. */
@NullMarked
package io.sagaflow.jdbc;

import org.jspecify.annotations.NullMarked;
