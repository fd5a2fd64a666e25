package io.sagaflow.engine;

import io.sagaflow.PayloadContext;
import io.sagaflow.SagaStatus;
import io.sagaflow.machine.SagaMachine;
import io.sagaflow.machine.SagaState;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.Fact;
import io.sagaflow.store.NewCommand;
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
  private final Compiled<?> definition;
  private final Payloads payloads;
  private final Map<Long, NewCommand> waiting = new LinkedHashMap<>();
  private final Set<Long> answered = new HashSet<>();

  PendingCommands(SagaView<?> view) {
    this.saga = view.header();
    this.definition = view.definition();
    this.payloads = view.payloads();
  }

  /** Keeps commands that were read from the inbox, each once. */
  void keep(List<StoredCommand> arrived) {
    for (StoredCommand command : arrived) {
      Optional<NewCommand> read = command.read();
      if (read.isEmpty()) {
        LOG.warn("Saga {}: a command of an unknown kind, {}, is left", saga, command.kind());
      } else if (!answered.contains(command.id())) { // a poll may have read it before the answer
        waiting.putIfAbsent(command.id(), read.get());
      }
    }
  }

  /**
   * Consumes what only asks to look again; that needn't wait for anything.
   *
   * @return whether there was such a command
   */
  boolean lookIn(Batch batch) {
    if (waiting.isEmpty()) {
      return false;
    }
    List<Long> looks =
        waiting.entrySet().stream()
            .filter(entry -> entry.getValue().kind() == CommandKind.LOOK)
            .map(Map.Entry::getKey)
            .toList();
    looks.forEach(id -> done(batch, id));
    return !looks.isEmpty();
  }

  private void done(Batch batch, long id) {
    batch.consume(id);
    answered.add(id);
    waiting.remove(id);
  }

  /**
   * Adds the answers to a batch, oldest first, of those that needn't wait for running calls; a saga
   * that ends in it needs none.
   */
  void answerIn(Batch batch, Set<Integer> running) {
    if (waiting.isEmpty()) {
      return;
    }
    Map<Long, NewCommand> now = new LinkedHashMap<>(waiting);
    now.values().removeIf(command -> !machine().mayAnswer(command, running));
    now.forEach(
        (id, command) -> {
          if (isAnswered(batch.state().status(), command.kind())) {
            answer(batch.state(), command).ifPresent(fact -> tell(batch, fact));
          }
          done(batch, id);
        });
  }

  private void tell(Batch batch, Fact answer) {
    if (machine().isJournaled(batch.state(), answer)) {
      batch.add(answer);
    } else {
      LOG.warn("Saga {}: {}, not journaled: the journal is full", saga, answer.kind());
    }
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
    return !waiting.isEmpty() && wouldTurnBack(state);
  }

  private boolean wouldTurnBack(SagaState state) {
    return waiting.values().stream()
        .filter(command -> command.kind() != CommandKind.LOOK)
        .flatMap(command -> machine().answer(state, command).stream())
        .anyMatch(fact -> fact instanceof Fact.SagaTurnedBack);
  }

  /** A value that this node can't read wouldn't be read by the next one either. */
  private Optional<Fact> answer(SagaState state, NewCommand command) {
    return unreadable(command)
        .<Fact>map(why -> new Fact.CommandRefused(command.kind(), command.by(), why))
        .or(() -> machine().answer(state, command));
  }

  private Optional<String> unreadable(NewCommand command) {
    int index = command.step().map(machine().plan()::indexOf).orElse(-1);
    if (command.payload().isEmpty() || index < 0) {
      return Optional.empty();
    }
    Class<?> type = definition.step(index).key().type();
    PayloadContext context = PayloadContext.ofResult(saga.id(), definition.step(index).name());
    try {
      payloads.decode(command.payload().get(), type, context);
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of("Its value can't be read as a " + type.getName() + ".");
    }
  }

  private SagaMachine machine() {
    return definition.machine();
  }
}
