package io.sagaflow.engine;

import io.sagaflow.StepKey;
import io.sagaflow.machine.SagaState;
import io.sagaflow.store.Payload;
import io.sagaflow.store.SagaHeader;
import java.util.Optional;

/**
 * A saga's data as user code may read it: its input, and the results that its journal holds.
 *
 * @param header which saga
 * @param definition what it follows
 * @param payloads reads results
 * @param state where it stands
 * @param input its input
 */
record SagaView<I>(
    SagaHeader header, Compiled<I> definition, Payloads payloads, SagaState state, I input) {

  <R> Optional<R> result(StepKey<R> key) {
    int index = definition.indexOf(key);
    Optional<Payload> payload = state.steps().get(index).result();
    return payload.map(bytes -> payloads.decode(bytes, key.type()));
  }
}
