/** The SPI that a store implements, the journal's records, and the in-memory store. */
@NullMarked
package io.sagaflow.store;

import org.jspecify.annotations.NullMarked;
