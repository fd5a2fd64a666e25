package io.sagaflow.engine;

import io.sagaflow.PayloadContext;
import io.sagaflow.StepKey;
import io.sagaflow.machine.SagaState;
import io.sagaflow.store.Payload;
import io.sagaflow.store.Release;
import io.sagaflow.store.SagaHeader;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

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
    PayloadContext context = PayloadContext.ofResult(header.id(), key.name());
    return payload.map(bytes -> payloads.decode(bytes, key.type(), context));
  }

  /** A release of a saga that waits, on the step that is tried again first, if it waits for one. */
  Release resting(Instant until, Instant now) {
    Release release = Release.until(until);
    return IntStream.range(0, state.steps().size())
        .filter(index -> retryAt(index).filter(now::isBefore).isPresent())
        .boxed()
        .min(Comparator.comparing(index -> retryAt(index).orElse(Instant.MAX)))
        .map(index -> release.on(definition.step(index).name()))
        .orElse(release);
  }

  private Optional<Instant> retryAt(int index) {
    return state.steps().get(index).retryAt();
  }
}
