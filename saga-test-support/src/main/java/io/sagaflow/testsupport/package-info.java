/** A PostgreSQL server for tests. Not published. */
@NullMarked
package io.sagaflow.testsupport;

import org.jspecify.annotations.NullMarked;
