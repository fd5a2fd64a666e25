/** From order to payment: three participants, the saga that leads through them, and its audit. */
@NullMarked
package io.sagaflow.examples;

import org.jspecify.annotations.NullMarked;
