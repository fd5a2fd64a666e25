package io.sagaflow.engine;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The world as the engine meets it: time, chance and threads, all injected.
 *
 * @param clock the time of records and timers
 * @param nanos a clock that never jumps, for leases
 * @param random the source of jitter and ids
 * @param scheduler runs tasks later
 * @param waiting how callers wait
 * @param engine runs what asks the store and waits for its answer
 * @param sagas runs what moves sagas, which waits for nothing but a write that it leads; a thread
 *     that has moved one may be lent to {@code actions}
 * @param actions runs user code
 * @param shutdown stops what the environment started
 */
public record Environment(
    InstantSource clock,
    LongSupplier nanos,
    RandomGenerator random,
    Scheduler scheduler,
    Waiting waiting,
    Executor engine,
    Executor sagas,
    Executor actions,
    Runnable shutdown) {}
