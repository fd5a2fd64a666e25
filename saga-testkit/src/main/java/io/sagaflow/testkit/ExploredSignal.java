package io.sagaflow.testkit;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.StepKey;

/**
 * A signal that an explored saga is sent in each run: as soon as it has started, and by each
 * process once more, under one id.
 *
 * @param <T> the type of its value
 * @param key the signal
 * @param value its value
 */
record ExploredSignal<T>(StepKey<T> key, T value) {

  void send(SagaCoordinator coordinator, String definition, String businessKey) {
    coordinator.signal(definition, businessKey, key, value, "explored");
  }
}
