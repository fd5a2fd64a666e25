package io.sagaflow.testkit.loop;

import org.jspecify.annotations.Nullable;

/** Something that a process wants to have done; null for what belongs to none. */
record Task(@Nullable SimulatedProcess process, Runnable body) {}
