package io.sagaflow.benchmarks;

import java.io.PrintStream;

/**
 * Where a run writes.
 *
 * @param out results
 * @param err progress and complaints
 */
record Console(PrintStream out, PrintStream err) {}
