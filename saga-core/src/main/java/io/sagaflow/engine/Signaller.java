package io.sagaflow.engine;

import static java.util.Objects.requireNonNull;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaEndedException;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.Payload;
import io.sagaflow.store.StoredRecord;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Sends signals. Thread-safe.
 *
 * @param world where the sagas are
 * @param inboxes where signals go
 */
record Signaller(World world, Inboxes inboxes) {

  /** Sends one that is told from every other one. */
  <T> void send(SagaId sagaId, StepKey<T> key, T value) {
    RandomGenerator random = world.environment().random();
    send(sagaId, key, value, new UUID(random.nextLong(), random.nextLong()).toString());
  }

  <T> void send(SagaId sagaId, StepKey<T> key, T value, String signalId) {
    requireNonNull(sagaId, "sagaId");
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    Texts.requireSignalId(requireNonNull(signalId, "signalId"));
    Payload payload = inboxes.encodeSignal(sagaId, key, value);
    NewCommand command =
        NewCommand.of(CommandKind.SIGNAL, world.options().nodeName(), "signal")
            .withStep(key.name())
            .withPayload(payload)
            .withCommandId(signalId);
    SagaStatus status = inboxes.post(sagaId, command);
    if (status.isTerminal() && !hasCome(sagaId, command)) {
      throw new SagaEndedException(
          "Signal " + key.name() + " came too late: saga " + sagaId + " is " + status + ".",
          sagaId,
          key.name());
    }
  }

  SagaId find(String definition, String businessKey) {
    requireNonNull(definition, "definition");
    requireNonNull(businessKey, "businessKey");
    world.lives().requireOpen();
    return world
        .store()
        .find(definition, businessKey)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The store has no saga of definition '"
                        + definition
                        + "' with business key '"
                        + businessKey
                        + "'."));
  }

  /** Whether the saga has ended with that signal: then its sender only repeats it. */
  private boolean hasCome(SagaId sagaId, NewCommand signal) {
    return world.archive().load(sagaId).journal().stream().anyMatch(row -> isOf(row, signal));
  }

  private static boolean isOf(StoredRecord row, NewCommand signal) {
    return row.kind().equals(RecordKind.SIGNAL_RECEIVED.name())
        && signal.step().equals(Optional.ofNullable(row.step()))
        && signal.commandId().equals(Optional.ofNullable(row.code()));
  }
}
