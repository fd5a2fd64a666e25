package io.sagaflow.engine;

import io.sagaflow.ChildSaga;
import io.sagaflow.PayloadContext;
import io.sagaflow.RecordKind;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepDefinition;
import io.sagaflow.machine.SagaMachine;
import io.sagaflow.machine.SagaState;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.CorruptJournalException;
import io.sagaflow.store.Fact;
import io.sagaflow.store.Fact.CommandRefused;
import io.sagaflow.store.Fact.SagaResumed;
import io.sagaflow.store.Fact.SagaStarted;
import io.sagaflow.store.Fact.SagaStuck;
import io.sagaflow.store.Fact.SagaTurnedBack;
import io.sagaflow.store.Fact.SignalReceived;
import io.sagaflow.store.JournalRecord;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.Payload;
import io.sagaflow.store.RecordCodec;
import io.sagaflow.store.Release;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.store.StoredSaga;
import io.sagaflow.store.StuckCause;
import io.sagaflow.store.TurnCause;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings claimed sagas back to life from their journals, each in a try of its own: one that can't
 * be read is made stuck and holds nobody up.
 */
final class Recovery {

  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private final Definitions definitions;
  private final Shapes shapes;
  private final Payloads payloads;
  private final EngineOptions options;

  Recovery(Definitions definitions, Shapes shapes, Payloads payloads, EngineOptions options) {
    this.definitions = definitions;
    this.shapes = shapes;
    this.payloads = payloads;
    this.options = options;
  }

  /** Resumes a saga; of one that was started in a transaction, listeners haven't been told yet. */
  void resume(Node node, ClaimedSaga claimed, boolean untold) {
    SagaHeader header = claimed.saga().header();
    try {
      if (isTakenOverTooOften(claimed)) {
        makeStuck(node, claimed, untold, answered(claimed), takenOverTooOften(claimed));
        return;
      }
      SagaView<?> view = read(claimed.saga());
      LOG.debug(
          "Saga {} is {} and taken over at record {}",
          header,
          view.state().status(),
          view.state().seq());
      boolean recovered = claimed.recoveries() > 0;
      Beginning beginning =
          new Beginning(
              untold ? claimed.saga().journal() : List.of(), resumed(claimed), claimed.commands());
      node.adopt(new SagaActor<>(node, view, recovered), beginning);
    } catch (ProcessKilled e) {
      throw e;
    } catch (Throwable e) { // whatever its rows do to us, or a codec, other sagas must not suffer
      LOG.error("Saga {} can't be resumed and is made stuck", header, options.loggable(e));
      makeStuck(node, claimed, untold, refused(claimed), poisoned(e));
    }
  }

  /** Reads a saga's rows; throws whatever is wrong with them. */
  SagaView<?> read(StoredSaga saga) {
    return read(saga, require(saga.header()));
  }

  private Compiled<?> require(SagaHeader header) {
    Compiled<?> compiled = definitions.find(header.definition());
    if (compiled == null) {
      throw new CorruptJournalException(
          "Definition " + header.definition() + " isn't registered here.", null, header.id());
    }
    return compiled;
  }

  private <I> SagaView<I> read(StoredSaga saga, Compiled<I> compiled) {
    List<JournalRecord> journal = RecordCodec.readAll(saga.header().id(), saga.journal());
    SagaStarted started = (SagaStarted) journal.get(0).fact();
    checkFingerprint(saga, started, compiled);
    SagaState state = compiled.machine().replay(journal);
    checkStatus(saga, state);
    checkResults(saga.header().id(), state, compiled);
    PayloadContext context = PayloadContext.ofInput(saga.header().id());
    I input = payloads.decode(started.input(), compiled.definition().inputType(), context);
    return new SagaView<>(saga.header(), compiled, payloads, state, input);
  }

  /** The result of a child's step, as its parent's journal is to hold it. */
  <I, C, R> Optional<Payload> resultOf(
      StoredSaga child, ChildSaga<I, C, R> plan, PayloadContext parents) {
    SagaView<?> view = read(child);
    return plan.resultOf()
        .flatMap(
            key -> view.result(key).map(result -> payloads.encode(result, key.type(), parents)));
  }

  /** One that has ended is a child that is to be reversed: that is progress. */
  private boolean isTakenOverTooOften(ClaimedSaga claimed) {
    return claimed.recoveries() > options.limits().recoveries()
        && !claimed.saga().status().isTerminal();
  }

  private static SagaStuck takenOverTooOften(ClaimedSaga claimed) {
    return new SagaStuck(
        StuckCause.RECOVERED_TOO_OFTEN,
        Optional.empty(),
        "Taken over "
            + claimed.recoveries()
            + " times without progress: does one of its calls, or the reading of its input, bring the"
            + " process down? Find out, then retry it.");
  }

  private List<Fact> resumed(ClaimedSaga claimed) {
    return claimed.orphaned() ? List.of(new SagaResumed(options.nodeName())) : List.of();
  }

  private void checkFingerprint(StoredSaga saga, SagaStarted started, Compiled<?> compiled) {
    if (!started.fingerprint().equals(compiled.machine().fingerprint())) {
      throw new DefinitionChangedException(
          "Saga "
              + saga.header()
              + " was started with other steps than the registered definition has: "
              + shapes.changes(started.fingerprint(), compiled)
              + ". They changed without a new version: register the old steps under this version and"
              + " the new ones under the next, then retry the saga.",
          saga.header().id());
    }
  }

  private static void checkStatus(StoredSaga saga, SagaState state) {
    if (saga.status() != state.status()) {
      throw new CorruptJournalException(
          "Saga "
              + saga.header()
              + " is "
              + saga.status()
              + " by its row and "
              + state.status()
              + " by its journal.",
          null,
          saga.header().id());
    }
  }

  private void checkResults(SagaId id, SagaState state, Compiled<?> compiled) {
    for (int i = 0; i < state.steps().size(); i++) {
      StepDefinition<?, ?> step = compiled.step(i);
      Optional<Payload> result = state.steps().get(i).result();
      PayloadContext context = PayloadContext.ofResult(id, step.name());
      result.ifPresent(payload -> payloads.decode(payload, step.key().type(), context));
    }
  }

  /**
   * Makes a saga stuck without reading a payload of it: that may be what brings the process down.
   * An orphan's open call is journaled as well: who retries it has to know.
   */
  private void makeStuck(
      Node node, ClaimedSaga claimed, boolean untold, List<Fact> answers, SagaStuck stuck) {
    StoredSaga saga = claimed.saga();
    List<Fact> facts = new ArrayList<>(resumed(claimed));
    facts.addAll(answers);
    facts.add(stuck);
    List<StoredRecord> rows = rowsBehind(saga, facts, node.environment().clock().instant());
    SagaAppend append =
        new SagaAppend(
            saga.header().id(),
            rows,
            Optional.of(SagaStatus.STUCK),
            Optional.of(Release.untilCommand()),
            claimed.commands().stream().map(StoredCommand::id).toList(),
            true);
    // Not on the thread on which the store writes: a listener may call the coordinator.
    node.append(append)
        .whenCompleteAsync(
            (nothing, error) -> tell(node, saga, untold, rows, error), node.environment().sagas());
  }

  private static SagaStuck poisoned(Throwable failure) {
    return failure instanceof DefinitionChangedException changed
        ? new SagaStuck(
            StuckCause.DEFINITION_CHANGED, Optional.empty(), Texts.cut(changed.explanation()))
        : new SagaStuck(StuckCause.POISONED, Optional.empty(), Texts.describe(failure));
  }

  /** The answers to what was asked of a saga before it gets stuck. */
  private List<Fact> answered(ClaimedSaga claimed) {
    StoredSaga saga = claimed.saga();
    Compiled<?> compiled = require(saga.header());
    List<JournalRecord> journal = RecordCodec.readAll(saga.header().id(), saga.journal());
    checkFingerprint(saga, (SagaStarted) journal.get(0).fact(), compiled);
    SagaMachine machine = compiled.machine();
    SagaState state = machine.replay(journal);
    checkStatus(saga, state);
    for (Fact fact : resumed(claimed)) {
      state = machine.apply(state, new JournalRecord(state.seq() + 1, Instant.EPOCH, fact));
    }
    List<Fact> answers = new ArrayList<>();
    for (NewCommand command : asked(claimed)) {
      Optional<Fact> answer =
          switch (command.kind()) {
            case SIGNAL,
                CANCEL,
                ABORT,
                RETRY,
                REVERSE,
                MARK_NOT_DONE,
                SKIP_COMPENSATION,
                FORCE_FORWARD ->
                machine.answer(state, command);
            case MARK_DONE -> Optional.of(refused(command)); // its value would have to be read
            case LOOK -> Optional.empty();
          };
      if (answer.isPresent()) {
        answers.add(answer.get());
        state =
            machine.apply(state, new JournalRecord(state.seq() + 1, Instant.EPOCH, answer.get()));
      }
    }
    return answers;
  }

  /** The same for a saga whose journal nobody understands. Who signals was told that it counts. */
  private static List<Fact> refused(ClaimedSaga claimed) {
    if (claimed.saga().status().isTerminal()) {
      return reversal(claimed);
    }
    Set<String> come = new HashSet<>();
    for (StoredRecord row : claimed.saga().journal()) {
      if (row.step() != null && row.kind().equals(RecordKind.SIGNAL_RECEIVED.name())) {
        come.add(row.step());
      }
    }
    List<Fact> answers = new ArrayList<>();
    for (NewCommand command : asked(claimed)) {
      if (command.kind() != CommandKind.SIGNAL) {
        answers.add(refused(command));
      } else if (come.add(command.step().orElseThrow())) {
        answers.add(
            new SignalReceived(
                command.step().orElseThrow(),
                command.commandId().orElseThrow(),
                command.by(),
                command.payload().orElseThrow()));
      }
    }
    return answers;
  }

  /** All that one that has completed may be asked for, and what takes it from its end. */
  private static List<Fact> reversal(ClaimedSaga claimed) {
    return asked(claimed).stream()
        .filter(command -> command.kind() == CommandKind.REVERSE)
        .limit(1)
        .<Fact>map(
            command ->
                new SagaTurnedBack(TurnCause.REVERSED, Optional.of(command.by()), command.reason()))
        .toList();
  }

  private static List<NewCommand> asked(ClaimedSaga claimed) {
    return claimed.commands().stream()
        .filter(Recovery::isWhole)
        .flatMap(row -> row.read().stream())
        .filter(command -> command.kind() != CommandKind.LOOK)
        .toList();
  }

  /** A signal's row that lacks something is somebody else's doing, and no signal. */
  private static boolean isWhole(StoredCommand row) {
    return !row.kind().equals(CommandKind.SIGNAL.name())
        || (row.step() != null && row.commandId() != null && row.payload() != null);
  }

  private static Fact refused(NewCommand command) {
    return new CommandRefused(
        command.kind(), command.by(), "The saga gets stuck just now: look why, and ask again.");
  }

  private static List<StoredRecord> rowsBehind(StoredSaga saga, List<Fact> facts, Instant now) {
    long seq = saga.journal().stream().mapToLong(StoredRecord::seq).max().orElse(0);
    List<StoredRecord> rows = new ArrayList<>();
    for (Fact fact : facts) {
      Instant at = now.truncatedTo(ChronoUnit.MICROS);
      rows.add(RecordCodec.write(new JournalRecord(++seq, at, fact)));
    }
    return rows;
  }

  private void tell(
      Node node,
      StoredSaga saga,
      boolean untold,
      List<StoredRecord> rows,
      @Nullable Throwable error) {
    if (error != null) {
      Throwable loggable = options.loggable(error);
      LOG.error(
          "Saga {} could not be made stuck; it stays with this node", saga.header(), loggable);
      return;
    }
    if (untold) {
      node.appended(saga.header().id(), saga.journal());
    }
    node.appended(saga.header().id(), rows);
    Optional<String> reason = Optional.ofNullable(rows.get(rows.size() - 1).detail());
    node.settled(new RawOutcome(saga.header().id(), SagaStatus.STUCK, reason));
  }
}
