/**
 * The pure state machine: two functions over immutable values, no I/O, clock, thread or user code.
 */
@NullMarked
package io.sagaflow.machine;

import org.jspecify.annotations.NullMarked;
