package io.sagaflow.store;

import io.sagaflow.SagaId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A command in a saga's inbox, as a row.
 *
 * @param id its number, growing with time
 * @param sagaId the saga
 * @param kind the name of a {@link CommandKind}; perhaps one that only a newer version knows
 * @param by who asks
 * @param reason why
 * @param step the name of the step that it is about
 * @param payload what it brings
 * @param commandId by what it is known again if it is repeated
 */
public record StoredCommand(
    long id,
    SagaId sagaId,
    String kind,
    String by,
    String reason,
    @Nullable String step,
    @Nullable Payload payload,
    @Nullable String commandId) {

  /**
   * Gives a command its row.
   *
   * @param id its number
   * @param sagaId the saga
   * @param command the command
   * @return the row
   */
  public static StoredCommand of(long id, SagaId sagaId, NewCommand command) {
    return new StoredCommand(
        id,
        sagaId,
        command.kind().name(),
        command.by(),
        command.reason(),
        command.step().orElse(null),
        command.payload().orElse(null),
        command.commandId().orElse(null));
  }

  /**
   * Reads the row.
   *
   * @return the command, or empty if this version doesn't know its kind
   */
  public Optional<NewCommand> read() {
    for (CommandKind known : CommandKind.values()) {
      if (known.name().equals(kind)) {
        return Optional.of(
            new NewCommand(
                known,
                by,
                reason,
                Optional.ofNullable(step),
                Optional.ofNullable(payload),
                Optional.ofNullable(commandId)));
      }
    }
    return Optional.empty();
  }
}
