/** A world of processes in one thread and in virtual time: what {@code VirtualTime} stands on. */
@NullMarked
package io.sagaflow.testkit.loop;

import org.jspecify.annotations.NullMarked;
