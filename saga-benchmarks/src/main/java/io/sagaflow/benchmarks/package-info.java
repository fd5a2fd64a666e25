/**
 * Load drivers and micro-benchmarks, in one runnable jar. Not published.
 *
 * <p>It drives the library as an application does, through the exported packages only.
 */
@NullMarked
package io.sagaflow.benchmarks;

import org.jspecify.annotations.NullMarked;
