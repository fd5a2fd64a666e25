/** The shell around the machine: actors, ownership, timers, calls of user code. */
@NullMarked
package io.sagaflow.engine;

import org.jspecify.annotations.NullMarked;
