/**
 * Drives the real engine through schedules that chance chooses, on a simulated database, under
 * every kind of fault; a run is a seed. Not exported: it tests Sagaflow, while {@code SagaExplorer}
 * tests users' sagas.
 */
@NullMarked
package io.sagaflow.testkit.simulation;

import org.jspecify.annotations.NullMarked;
