package io.sagaflow.store;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What is asked of a saga from outside, on its way into the saga's inbox. Immutable.
 *
 * @param kind what to do
 * @param by who asks
 * @param reason why
 * @param step the name of the step that it is about, if it is about one
 * @param payload what it brings: a signal's value, the result of a step
 * @param commandId what makes a repeated command known again; empty if each one counts
 */
public record NewCommand(
    CommandKind kind,
    String by,
    String reason,
    Optional<String> step,
    Optional<Payload> payload,
    Optional<String> commandId) {

  /** Refuses nulls. */
  public NewCommand {
    requireNonNull(kind, "kind");
    requireNonNull(by, "by");
    requireNonNull(reason, "reason");
    requireNonNull(step, "step");
    requireNonNull(payload, "payload");
    requireNonNull(commandId, "commandId");
  }

  /**
   * Asks something of a saga as a whole.
   *
   * @param kind what to do
   * @param by who asks
   * @param reason why
   * @return the command
   */
  public static NewCommand of(CommandKind kind, String by, String reason) {
    return new NewCommand(kind, by, reason, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * Says which step it is about.
   *
   * @param about the step's name
   * @return a changed copy
   */
  public NewCommand withStep(String about) {
    return new NewCommand(kind, by, reason, Optional.of(about), payload, commandId);
  }

  /**
   * Says what it brings.
   *
   * @param brought the value
   * @return a changed copy
   */
  public NewCommand withPayload(Payload brought) {
    return new NewCommand(kind, by, reason, step, Optional.of(brought), commandId);
  }

  /**
   * Gives it an id, by which it is known again if it is repeated.
   *
   * @param id unique among the commands of its saga
   * @return a changed copy
   */
  public NewCommand withCommandId(String id) {
    return new NewCommand(kind, by, reason, step, payload, Optional.of(id));
  }
}
