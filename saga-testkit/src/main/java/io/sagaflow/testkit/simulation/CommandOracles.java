package io.sagaflow.testkit.simulation;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.store.TurnCause;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What must hold of the answers to what is asked of sagas. They rely on the committed rows. */
final class CommandOracles {

  private CommandOracles() {}

  static List<Oracle.OfAppends> ofAppends() {
    return List.of(new CommandsAreAnswered(), new SignalsAreRefusedForACause());
  }

  /**
   * A command is consumed together with its answer, unless the saga ends. A signal that has come
   * before and is repeated needs none.
   */
  static final class CommandsAreAnswered implements Oracle.OfAppends {
    @Override
    public @Nullable String check(SagaBook saga, SagaAppend append) {
      if (append.consumed().isEmpty()
          || append.status().map(SagaStatus::isTerminal).orElse(false)) {
        return null;
      }
      boolean repeated = append.records().isEmpty(); // perhaps: a store may write that again
      for (long id : append.consumed()) {
        if (!repeated && !saga.inbox.containsKey(id)) {
          return saga + " consumes command " + id + ", which isn't in its inbox";
        }
      }
      List<CommandKind> due = due(saga, append);
      List<CommandKind> answered = new ArrayList<>();
      append.records().forEach(row -> answered.addAll(answeredBy(row)));
      due.sort(null);
      answered.sort(null);
      return due.equals(answered)
          ? null
          : due + " asked of " + saga + " got answers to " + answered;
    }

    private static List<CommandKind> due(SagaBook saga, SagaAppend append) {
      List<CommandKind> due = new ArrayList<>();
      Set<String> taken = new HashSet<>();
      for (StoredCommand command : saga.asked(append)) {
        CommandKind kind = CommandKind.valueOf(command.kind());
        boolean repeats =
            kind == CommandKind.SIGNAL
                && (hasCome(saga, command)
                    || (isTaken(append, command) && !taken.add(nameOf(command))));
        boolean late = // for a child that has ended, and isn't reversed yet
            saga.ended && kind != CommandKind.REVERSE && !due.contains(CommandKind.REVERSE);
        if (kind != CommandKind.LOOK && !repeats && !late) {
          due.add(kind);
        }
      }
      return due;
    }

    private static boolean hasCome(SagaBook saga, StoredCommand command) {
      return String.valueOf(command.commandId()).equals(saga.signal(command).id());
    }

    private static boolean isTaken(SagaAppend append, StoredCommand command) {
      return append.records().stream()
          .filter(row -> row.kind().equals(RecordKind.SIGNAL_RECEIVED.name()))
          .anyMatch(row -> nameOf(command).equals(row.step() + " " + row.code()));
    }

    private static String nameOf(StoredCommand command) {
      return command.step() + " " + command.commandId();
    }
  }

  /** A signal is refused only if another one came before it, or its step needs none any more. */
  static final class SignalsAreRefusedForACause implements Oracle.OfAppends {
    @Override
    public @Nullable String check(SagaBook saga, SagaAppend append) {
      if (append.status().map(SagaStatus::isTerminal).orElse(false)) {
        return null;
      }
      for (StoredCommand command : saga.asked(append)) {
        boolean signal = command.kind().equals(CommandKind.SIGNAL.name());
        if (signal && !isNeedless(saga, append, command)) {
          return command + " to " + saga + " isn't taken";
        }
      }
      return null;
    }

    private static boolean isNeedless(SagaBook saga, SagaAppend append, StoredCommand command) {
      StepBook step = saga.step(String.valueOf(command.step()));
      boolean settled =
          append.records().stream()
              .filter(row -> step.plan.name().equals(row.step()))
              .anyMatch(
                  row ->
                      row.kind().equals(RecordKind.SIGNAL_RECEIVED.name())
                          || row.kind().equals(RecordKind.STEP_MARKED_DONE.name()));
      return settled || step.signal.hasCome() || step.isDone();
    }
  }

  static boolean isAnswer(StoredRecord row) {
    return !answeredBy(row).isEmpty();
  }

  /** What a record is the answer to, if it is one. */
  private static List<CommandKind> answeredBy(StoredRecord row) {
    return switch (RecordKind.valueOf(row.kind())) {
      case COMMAND_REFUSED -> List.of(CommandKind.valueOf(String.valueOf(row.code())));
      case SAGA_RETRIED -> List.of(CommandKind.RETRY);
      case STEP_MARKED_DONE -> List.of(CommandKind.MARK_DONE);
      case STEP_MARKED_NOT_DONE -> List.of(CommandKind.MARK_NOT_DONE);
      case COMPENSATION_SKIPPED -> List.of(CommandKind.SKIP_COMPENSATION);
      case SAGA_FORCED_FORWARD -> List.of(CommandKind.FORCE_FORWARD);
      case SIGNAL_RECEIVED -> List.of(CommandKind.SIGNAL);
      case SAGA_TURNED_BACK ->
          switch (TurnCause.valueOf(String.valueOf(row.code()))) {
            case CANCELLED -> List.of(CommandKind.CANCEL);
            case ABORTED -> List.of(CommandKind.ABORT);
            case REVERSED -> List.of(CommandKind.REVERSE);
            case REJECTED, UNKNOWN, DEADLINE -> List.of();
          };
      default -> List.of();
    };
  }
}
