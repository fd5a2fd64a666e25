/**
 * Coordinators, participants and clients in processes of their own, and what goes wrong with them.
 */
@NullMarked
package io.sagaflow.chaos;

import org.jspecify.annotations.NullMarked;
