package io.sagaflow.engine;

import io.sagaflow.Pause;
import io.sagaflow.PayloadContext;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.Payload;
import io.sagaflow.store.SagaHeader;
import java.util.Optional;

/**
 * Puts what is asked of sagas into their inboxes. Thread-safe. Where the saga's definition is
 * registered here, what doesn't fit it is refused at once; elsewhere its owner refuses it.
 */
final class Inboxes {

  private final World world;
  private final Definitions definitions;
  private final Payloads payloads;

  Inboxes(World world, Definitions definitions, Payloads payloads) {
    this.world = world;
    this.definitions = definitions;
    this.payloads = payloads;
  }

  /** Returns the saga's status, in which it took the command unless it has ended. */
  SagaStatus post(SagaId sagaId, NewCommand command) {
    world.lives().requireOpen();
    SagaStatus status =
        world.store().post(sagaId, command).orElseThrow(() -> Archive.unknown(sagaId));
    world.rounds().attendSoon();
    return status;
  }

  /** Refuses a step that the saga's definition hasn't. */
  void requireStep(SagaId sagaId, String step) {
    Optional<Compiled<?>> compiled = definitionOf(sagaId);
    if (compiled.isPresent() && compiled.get().machine().plan().indexOf(step) < 0) {
      throw new IllegalArgumentException(
          "Definition " + compiled.get().ref() + " has no step '" + step + "'.");
    }
  }

  /** Writes the result of a step; refuses a step that the saga's definition hasn't. */
  <R> Payload encodeResult(SagaId sagaId, StepKey<R> step, R result) {
    definitionOf(sagaId).ifPresent(compiled -> compiled.indexOf(step));
    return payloads.encode(result, step.type(), PayloadContext.ofResult(sagaId, step.name()));
  }

  /** Writes the value of a signal; refuses one that the saga's definition doesn't wait for. */
  <T> Payload encodeSignal(SagaId sagaId, StepKey<T> key, T value) {
    definitionOf(sagaId).ifPresent(compiled -> requireSignal(compiled, key));
    return payloads.encode(value, key.type(), PayloadContext.ofResult(sagaId, key.name()));
  }

  private static void requireSignal(Compiled<?> compiled, StepKey<?> key) {
    boolean waits =
        compiled
            .step(compiled.indexOf(key))
            .pause()
            .filter(pause -> pause.kind() == Pause.Kind.SIGNAL)
            .isPresent();
    if (!waits) {
      throw new IllegalArgumentException(
          "Step '" + key.name() + "' of definition " + compiled.ref() + " waits for no signal.");
    }
  }

  private Optional<Compiled<?>> definitionOf(SagaId sagaId) {
    world.lives().requireOpen();
    SagaHeader header = world.store().header(sagaId).orElseThrow(() -> Archive.unknown(sagaId));
    return Optional.ofNullable(definitions.find(header.definition()));
  }
}
