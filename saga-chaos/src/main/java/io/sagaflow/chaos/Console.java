package io.sagaflow.chaos;

import java.io.PrintStream;

/**
 * Where results and progress go.
 *
 * @param out results
 * @param err progress
 */
record Console(PrintStream out, PrintStream err) {}
