package io.sagaflow.engine;

import io.sagaflow.SagaStatus;
import io.sagaflow.machine.SagaMachine;
import io.sagaflow.machine.SagaState;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.Fact;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StoredCommand;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was asked of a saga and isn't answered yet. Its actor's alone, and so for one at a time. */
final class PendingCommands {

  private static final Logger LOG = LoggerFactory.getLogger(PendingCommands.class);

  private final SagaHeader saga;
  private final SagaMachine machine;
  private final Map<Long, StoredCommand> waiting = new LinkedHashMap<>();
  private final Set<Long> answered = new HashSet<>();

  PendingCommands(SagaHeader saga, SagaMachine machine) {
    this.saga = saga;
    this.machine = machine;
  }

  /** Keeps commands that were read from the inbox, each once. */
  void keep(List<StoredCommand> arrived) {
    for (StoredCommand command : arrived) {
      if (kind(command).isEmpty()) {
        LOG.warn("Saga {}: a command of an unknown kind, {}, is left", saga, command.kind());
      } else if (!answered.contains(command.id())) { // a poll may have read it before the answer
        waiting.putIfAbsent(command.id(), command);
      }
    }
  }

  /**
   * Consumes what only asks to look again; that needn't wait for anything.
   *
   * @return whether there was such a command
   */
  boolean lookIn(Batch batch) {
    List<StoredCommand> looks =
        waiting.values().stream()
            .filter(command -> kind(command).filter(CommandKind.LOOK::equals).isPresent())
            .toList();
    looks.forEach(command -> done(batch, command));
    looks.forEach(command -> waiting.remove(command.id()));
    return !looks.isEmpty();
  }

  private void done(Batch batch, StoredCommand command) {
    batch.consume(command.id());
    answered.add(command.id());
  }

  /** Adds the answers to a batch, oldest first; a saga that ends in it needs none. */
  void answerIn(Batch batch) {
    for (StoredCommand command : waiting.values()) {
      kind(command)
          .filter(kind -> isAnswered(batch.state().status(), kind))
          .ifPresent(kind -> batch.add(answer(batch.state(), kind, command)));
      done(batch, command);
    }
    waiting.clear();
  }

  /** Nothing follows a saga's end, unless its parent has it undone. */
  private static boolean isAnswered(SagaStatus status, CommandKind kind) {
    return !status.isTerminal() || (status == SagaStatus.COMPLETED && kind == CommandKind.REVERSE);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Whether one of them would turn the saga back. */
  boolean turnBack(SagaState state) {
    return waiting.values().stream()
        .filter(command -> kind(command).filter(kind -> kind == CommandKind.CANCEL).isPresent())
        .map(command -> answer(state, CommandKind.CANCEL, command))
        .anyMatch(fact -> fact instanceof Fact.SagaTurnedBack);
  }

  private Fact answer(SagaState state, CommandKind kind, StoredCommand command) {
    return machine.answer(state, kind, command.by(), command.reason());
  }

  private static Optional<CommandKind> kind(StoredCommand command) {
    for (CommandKind kind : CommandKind.values()) {
      if (kind.name().equals(command.kind())) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
