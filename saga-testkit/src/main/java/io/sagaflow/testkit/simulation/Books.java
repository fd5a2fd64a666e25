package io.sagaflow.testkit.simulation;

import io.sagaflow.PayloadContext;
import io.sagaflow.RecordKind;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.LockAnswer;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.store.StoredSaga;
import io.sagaflow.store.StuckCause;
import io.sagaflow.testkit.database.CommitWatcher;
import io.sagaflow.testkit.simulation.StepBook.Journaled;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps the books from what is committed, and has every commit checked. */
final class Books implements CommitWatcher {

  private final World world;
  private final List<Oracle.OfRecords> ofRecords = new ArrayList<>(RecordOracles.all());
  private final List<Oracle.OfAppends> ofAppends = CommandOracles.ofAppends();
  private final TransactionOracles.EffectsComeWithTheirRecords together =
      new TransactionOracles.EffectsComeWithTheirRecords();
  private final Map<SagaId, SagaBook> sagas = new LinkedHashMap<>();
  private final Map<NodeId, Place> nodes = new HashMap<>();

  /** A claim may be committed when its process is dead and its successor knows others. */
  private final Map<NodeId, List<Blueprint>> known = new HashMap<>();

  private long lastClaimAt = -1;
  private @Nullable NodeId lastClaimant;
  private int open;

  Books(World world) {
    this.world = world;
    ofRecords.addAll(RetryOracles.ofRecords(world));
    ofRecords.addAll(WaitOracles.ofRecords(world));
    ofRecords.addAll(ProbeOracles.ofRecords());
    ofRecords.addAll(ChildOracles.ofRecords());
    ofRecords.addAll(VerbOracles.ofRecords(world));
    ofRecords.addAll(LockOracles.ofRecords());
    ofRecords.addAll(TransactionOracles.ofRecords());
  }

  Collection<SagaBook> sagas() {
    return sagas.values();
  }

  @Nullable SagaBook find(SagaId id) {
    return sagas.get(id);
  }

  /** How many sagas haven't ended. */
  int open() {
    return open;
  }

  @Nullable Place placeOf(@Nullable NodeId node) {
    return nodes.get(node);
  }

  /** A process has died: its calls have ended without an outcome. */
  void died(Place place, int life) {
    for (SagaBook saga : sagas.values()) {
      saga.running.removeIf(call -> call.place() == place && call.life() == life);
    }
  }

  /**
   * A process is paused. If that lasts, its timers are the first to go on: what it was calling then
   * looks as if it had ignored its interrupt.
   */
  void paused(Place place) {
    for (SagaBook saga : sagas.values()) {
      for (Invocation call : saga.running) {
        saga.pausedCalls |= call.place() == place;
      }
    }
  }

  /** Whether a call runs on a place. */
  boolean hasCallOn(Place place) {
    for (SagaBook saga : sagas.values()) {
      for (Invocation call : saga.running) {
        if (call.place() == place) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public void joined(NodeId node, String name) {
    nodes.put(node, world.place(name));
    known.put(node, world.place(name).known());
    world.place(name).joined();
    world.trace().note(1, node.hashCode());
    tell(() -> name + " joins");
  }

  @Override
  public void evicted(NodeId node) {
    Place place = nodes.get(node);
    world.trace().note(2, node.hashCode());
    world.witness().evicted(node);
    tell(() -> place + " loses its lease");
    if (place != null) {
      place.evicted();
    }
    if (place != null && place.isPaused()) {
      world.markers().hit(Marker.LIVING_NODE_IS_EVICTED);
    }
  }

  @Override
  public void left(NodeId node) {
    Place place = nodes.get(node);
    world.witness().left(node);
    world.trace().note(7, node.hashCode());
    tell(() -> place + " gives its lease back");
    if (place != null) {
      place.evicted();
    }
  }

  @Override
  public void started(NodeId owner, NewSaga saga) {
    SagaBook book = begin(saga);
    book.owner = owner;
    world.witness().started(book.id, owner);
    tell(() -> book + " is started by " + nodes.get(owner));
  }

  @Override
  public void startedByCaller(NewSaga saga) {
    SagaBook book = begin(saga);
    tell(() -> book + " is started in a transaction");
    String wrong = world.workload().callers().check(book);
    if (wrong != null) {
      world.verdict().violated("StartsComeWithTheirTransactions", wrong);
    }
  }

  private SagaBook begin(NewSaga saga) {
    SagaId id = saga.header().id();
    int number = world.payloads().number(saga.first(), PayloadContext.ofInput(id));
    SagaBook book =
        new SagaBook(
            number,
            world.blueprint(saga.header().definition()),
            saga.header(),
            saga.first().at(),
            world.payloads());
    book.seq = 1;
    adopt(book, saga);
    sagas.put(id, book);
    book.noteTurns(saga.first().at());
    open++;
    world.workload().exists(book);
    world.trace().note(3, number);
    return book;
  }

  /** A child is its parent's step. */
  private void adopt(SagaBook child, NewSaga saga) {
    String actor = saga.first().actor();
    if (actor == null) {
      return;
    }
    SagaBook parent = book(SagaId.parse(actor));
    StepBook step = parent.stepOf(child);
    String wrong = ChildOracles.checkStart(parent, step, child, saga.first());
    if (wrong != null) {
      world.verdict().violated("ChildrenAreTheirParentsSteps", wrong);
    }
    child.parent = parent;
    step.child = child;
  }

  @Override
  public void claimed(NodeId owner, SagaId sagaId, boolean orphaned) {
    SagaBook book = book(sagaId);
    world.witness().claimed(sagaId, owner, orphaned);
    world.trace().note(orphaned ? 4 : 5, book.number);
    tell(() -> nodes.get(owner) + " claims " + book + (orphaned ? ", an orphan" : ""));
    checkClaim(owner, book);
    book.owner = owner;
    book.epoch++;
    book.deaths += orphaned ? 1 : 0;
    if (!orphaned) {
      world.markers().hit(Marker.PARKED_AND_CLAIMED);
    }
    if (lastClaimAt == world.nanos() && !owner.equals(lastClaimant)) {
      world.markers().hit(Marker.TWO_NODES_CLAIM_IN_ONE_TICK);
    }
    lastClaimAt = world.nanos();
    lastClaimant = owner;
    Place place = nodes.get(owner);
    if (place != null) {
      place.claimed();
    }
  }

  private void checkClaim(NodeId owner, SagaBook book) {
    Place place = nodes.get(owner);
    if (book.owner != null) {
      world
          .verdict()
          .violated("NoClaimOfAnOwnedSaga", book + " is claimed from " + nodes.get(book.owner));
    }
    if (known.getOrDefault(owner, List.of()).stream().noneMatch(book.blueprint::is)) {
      world.verdict().violated("OnlyKnownDefinitionsAreClaimed", place + " claims " + book);
    }
  }

  @Override
  public void freed(NodeId owner, SagaId sagaId, boolean orphaned) {
    SagaBook book = book(sagaId);
    world.trace().note(6, book.number);
    tell(
        () -> book + " is freed" + (orphaned ? " as an orphan" : "") + " from " + nodes.get(owner));
    book.owner = null;
  }

  @Override
  public void purged(StoredSaga stored) {
    SagaBook book = book(stored.header().id());
    world.trace().note(8, book.number);
    tell(() -> book + " is purged");
    world.cleaning().purged(book, stored);
  }

  @Override
  public void posted(StoredCommand command) {
    SagaBook book = book(command.sagaId());
    book.inbox.put(command.id(), command);
    switch (CommandKind.valueOf(command.kind())) {
      case CANCEL -> book.cancelsPosted++;
      case RETRY -> book.retriesPosted++;
      case LOOK, REVERSE -> {} // of child sagas
      case ABORT -> book.abortsPosted++;
      case SIGNAL -> book.signal(command).posted.putIfAbsent(idOf(command), world.nanos());
      case MARK_DONE, MARK_NOT_DONE, SKIP_COMPENSATION, FORCE_FORWARD -> {} // the operators know
    }
    tell(() -> command.kind() + " is posted to " + book);
  }

  @Override
  public void asked(SagaId sagaId, LockAnswer answer) {
    SagaBook book = book(sagaId);
    if (answer instanceof LockAnswer.Waiting) {
      world.markers().hit(Marker.SAGA_WAITS_FOR_A_SEMANTIC_LOCK);
    } else if (answer instanceof LockAnswer.Deadlock) {
      book.deadlocks++;
      world.markers().hit(Marker.DEADLOCK_OF_SAGAS);
    }
    tell(() -> book + " asks for locks: " + answer);
  }

  private static String idOf(StoredCommand command) {
    String id = command.commandId();
    if (id == null) {
      throw new IllegalStateException("A signal has an id: " + command);
    }
    return id;
  }

  @Override
  public void appended(NodeId writer, SagaAppend append, boolean owned) {
    SagaBook book = book(append.sagaId());
    for (Oracle.OfAppends oracle : ofAppends) {
      judge(oracle, oracle.check(book, append));
    }
    boolean progress = false;
    for (StoredRecord row : append.records()) {
      record(book, row, writer);
      progress |= isProgress(RecordKind.valueOf(row.kind()));
    }
    book.deaths = progress ? 0 : book.deaths;
    append.consumed().forEach(book.inbox::remove);
    judge(together, together.check(book));
    boolean released = append.release().isPresent() || book.ended;
    if (owned && released) {
      book.owner = null;
    }
    world.witness().appended(book.id, writer, () -> journalOf(book), released);
  }

  private List<StoredRecord> journalOf(SagaBook book) {
    return world.database().load(book.id).map(StoredSaga::journal).orElse(List.of());
  }

  private void record(SagaBook book, StoredRecord row, NodeId writer) {
    world.trace().note(100 + book.number, row.seq());
    tell(() -> nodes.get(writer) + " journals " + told(row) + " of " + book);
    for (Oracle.OfRecords oracle : ofRecords) {
      judge(oracle, oracle.check(book, row, writer));
    }
    RecordKind kind = RecordKind.valueOf(row.kind());
    Marker moment = Moments.of(book, row, kind);
    if (moment != null) {
      world.markers().hit(moment);
    }
    book.seq = row.seq();
    book.answers += CommandOracles.isAnswer(row) ? 1 : 0;
    if (row.step() != null && kind != RecordKind.SAGA_STUCK) {
      recordStep(book, row, kind);
    }
    recordSaga(book, kind);
    book.endedAt = book.ended ? row.at() : null;
    book.noteTurns(row.at());
    book.waitsForALeakedCall =
        kind == RecordKind.SAGA_STUCK
            ? StuckCause.CALL_LEAKED.name().equals(row.code())
            : book.waitsForALeakedCall && book.status == SagaStatus.STUCK;
  }

  /** An announcement, or what comes from outside and is no verb, gets a saga nowhere. */
  private static boolean isProgress(RecordKind kind) {
    return switch (kind) {
      case STEP_STARTED, SIGNAL_RECEIVED, SAGA_RESUMED, COMMAND_REFUSED -> false;
      default -> true;
    };
  }

  private static void recordStep(SagaBook book, StoredRecord row, RecordKind kind) {
    StepBook step = book.step(RecordOracles.stepOf(row));
    switch (kind) {
      case STEP_STARTED -> {
        step.journaled = Journaled.STARTED;
        step.rested(); // attempts were those of the condition
      }
      case STEP_SKIPPED -> step.journaled = Journaled.SKIPPED;
      case STEP_COMPLETED -> {
        step.journaled = Journaled.COMPLETED;
        step.result = row.payload() == null ? step.signal.value() : book.numberIn(row);
      }
      case SIGNAL_RECEIVED -> step.signal.received(row.code(), book.numberIn(row));
      case ACTION_FAILED -> recordFailure(step, row);
      case STEP_REJECTED -> {
        step.failureRecords += step.journaled == Journaled.UNKNOWN ? 0 : 1;
        step.journaled = Journaled.REJECTED;
      }
      case STEP_UNKNOWN -> recordUnknown(step);
      case PROBE_FAILED -> {
        step.probeFailureRecords++;
        step.failed(row);
      }
      case STEP_MARKED_DONE -> {
        step.told(Journaled.COMPLETED);
        step.result = book.numberIn(row);
      }
      case STEP_MARKED_NOT_DONE -> step.told(Journaled.REJECTED);
      case COMPENSATION_SKIPPED -> step.told(Journaled.COMPENSATED);
      case STEP_COMPENSATED -> step.journaled = Journaled.COMPENSATED;
      case COMPENSATION_FAILED -> {
        step.compensationFailureRecords++;
        step.failed(row);
      }
      default -> {}
    }
  }

  /** Of an action; or a probe says that the action wasn't done, so that it is called anew. */
  private static void recordFailure(StepBook step, StoredRecord row) {
    if (step.journaled == Journaled.UNKNOWN) {
      step.journaled = Journaled.STARTED;
      step.rested();
      step.actionAttempt = 0;
      step.retryAt = row.due();
    } else {
      step.failureRecords++;
      step.failed(row);
    }
  }

  /** Of an action; or else its probes are used up. */
  private static void recordUnknown(StepBook step) {
    step.givenUp = step.journaled == Journaled.UNKNOWN;
    step.probeFailureRecords += step.givenUp ? 1 : 0;
    step.failureRecords += step.givenUp ? 0 : 1;
    step.journaled = Journaled.UNKNOWN;
    step.rested();
  }

  private void recordSaga(SagaBook book, RecordKind kind) {
    switch (kind) {
      case SAGA_TURNED_BACK -> {
        open += book.ended ? 1 : 0;
        book.ended = false; // if it was reversed
        turn(book);
        book.steps.forEach(StepBook::rested);
        book.status = SagaStatus.COMPENSATING;
        book.goesOnByItself = false;
      }
      case SAGA_STUCK -> {
        book.status = SagaStatus.STUCK;
        world.workload().operators().gotStuck(book);
      }
      case SAGA_RETRIED -> sendOn(book);
      case SAGA_FORCED_FORWARD -> {
        SecondTries.begin(book);
        sendOn(book);
      }
      case STEP_MARKED_DONE, STEP_MARKED_NOT_DONE, COMPENSATION_SKIPPED -> {
        if (book.status == SagaStatus.STUCK) {
          sendOn(book);
        }
      }
      case SAGA_COMPLETED -> end(book, SagaStatus.COMPLETED);
      case SAGA_COMPENSATED -> end(book, SagaStatus.COMPENSATED);
      default -> {}
    }
  }

  /** To where it got stuck, with fresh attempts. */
  private static void sendOn(SagaBook book) {
    book.status = book.turned ? SagaStatus.COMPENSATING : SagaStatus.RUNNING;
    book.steps.forEach(StepBook::rested);
    book.steps.forEach(step -> step.givenUp &= book.turned);
    book.goesOnByItself = false;
  }

  /** A step whose turn it was may have begun, unless that would have been announced. */
  private static void turn(SagaBook book) {
    book.turned = true;
    for (StepBook step : book.steps.stream().filter(book::isTurn).toList()) {
      boolean silent = step.journaled == Journaled.NOTHING && step.plan.mayBeginSilently();
      boolean begun = step.journaled == Journaled.STARTED && !step.plan.isTransactional();
      step.journaled = silent || begun ? Journaled.UNKNOWN : step.journaled;
    }
  }

  private void end(SagaBook book, SagaStatus status) {
    if (!book.ended) {
      open--;
    }
    book.ended = true;
    book.status = status;
  }

  private void judge(Oracle oracle, @Nullable String wrong) {
    if (wrong != null) {
      world.verdict().violated(oracle.name(), wrong);
    }
  }

  private SagaBook book(SagaId id) {
    SagaBook book = sagas.get(id);
    if (book == null) {
      throw new IllegalStateException("The database knows a saga that was never started: " + id);
    }
    return book;
  }

  private static String told(StoredRecord row) {
    return row.seq()
        + " "
        + row.kind()
        + (row.step() == null ? "" : " " + row.step())
        + (row.code() == null ? "" : " " + row.code())
        + (row.detail() == null ? "" : " (" + row.detail() + ")");
  }

  private void tell(Supplier<String> line) {
    if (world.trace().isTold()) {
      world.trace().tell(line.get());
    }
  }
}
