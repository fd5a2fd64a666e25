package io.sagaflow.testkit.simulation;

import io.sagaflow.PayloadContext;
import io.sagaflow.RecordKind;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKind;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.store.StoredSaga;
import io.sagaflow.store.StuckCause;
import io.sagaflow.store.TurnCause;
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
  private final List<Oracle.OfAppends> ofAppends = RecordOracles.ofAppends();
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
    SagaId id = saga.header().id();
    int number = world.payloads().number(saga.first(), PayloadContext.ofInput(id));
    SagaBook book =
        new SagaBook(number, world.blueprint(saga.header().definition()), id, saga.first().at());
    book.owner = owner;
    book.seq = 1;
    sagas.put(id, book);
    open++;
    world.witness().started(id, owner);
    world.trace().note(3, number);
    tell(() -> book + " is started by " + nodes.get(owner));
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
    if (!known.getOrDefault(owner, List.of()).contains(book.blueprint)) {
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
  public void posted(SagaId sagaId, CommandKind kind) {
    SagaBook book = book(sagaId);
    switch (kind) {
      case CANCEL -> book.cancelsPosted++;
      case RETRY -> book.retriesPosted++;
      case LOOK, REVERSE -> {} // of child sagas
      case ABORT -> book.abortsPosted++;
      case MARK_DONE, MARK_NOT_DONE, SKIP_COMPENSATION, FORCE_FORWARD, SIGNAL ->
          throw new IllegalStateException("Nobody asks for " + kind);
    }
    tell(() -> kind + " is posted to " + book);
  }

  @Override
  public void appended(NodeId writer, SagaAppend append, boolean owned) {
    SagaBook book = book(append.sagaId());
    for (Oracle.OfAppends oracle : ofAppends) {
      judge(oracle, oracle.check(book, append));
    }
    for (StoredRecord row : append.records()) {
      record(book, row, writer);
    }
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
    mark(book, row, kind);
    book.seq = row.seq();
    book.answers += RecordOracles.isAnswer(row) ? 1 : 0;
    if (row.step() != null && kind != RecordKind.SAGA_STUCK) {
      recordStep(book, row, kind);
      book.deaths = kind == RecordKind.STEP_STARTED ? book.deaths : 0;
    }
    recordSaga(book, kind);
    book.waitsForALeakedCall =
        kind == RecordKind.SAGA_STUCK
            ? StuckCause.CALL_LEAKED.name().equals(row.code())
            : book.waitsForALeakedCall && book.status == SagaStatus.STUCK;
  }

  private void recordStep(SagaBook book, StoredRecord row, RecordKind kind) {
    StepBook step = book.step(RecordOracles.stepOf(row));
    switch (kind) {
      case STEP_STARTED -> {
        step.journaled = Journaled.STARTED;
        step.rested(); // attempts were those of the condition
      }
      case STEP_SKIPPED -> step.journaled = Journaled.SKIPPED;
      case STEP_COMPLETED -> {
        step.journaled = Journaled.COMPLETED;
        step.result = row.payload() == null ? null : result(book, row);
      }
      case ACTION_FAILED -> {
        step.failureRecords++;
        step.failed(row);
      }
      case STEP_REJECTED -> {
        step.journaled = Journaled.REJECTED;
        step.failureRecords++;
      }
      case STEP_UNKNOWN -> {
        step.journaled = Journaled.UNKNOWN;
        step.failureRecords++;
      }
      case STEP_COMPENSATED -> step.journaled = Journaled.COMPENSATED;
      case COMPENSATION_FAILED -> {
        step.compensationFailureRecords++;
        step.failed(row);
      }
      default -> {}
    }
  }

  private void recordSaga(SagaBook book, RecordKind kind) {
    switch (kind) {
      case SAGA_TURNED_BACK -> {
        turn(book);
        book.steps.forEach(StepBook::rested);
        book.status = SagaStatus.COMPENSATING;
        book.goesOnByItself = false;
        book.deaths = 0;
      }
      case SAGA_STUCK -> {
        book.status = SagaStatus.STUCK;
        book.deaths = 0;
      }
      case SAGA_RETRIED -> {
        book.status = book.turned ? SagaStatus.COMPENSATING : SagaStatus.RUNNING;
        book.steps.forEach(StepBook::rested);
        book.goesOnByItself = false;
        book.deaths = 0;
      }
      case SAGA_COMPLETED -> end(book, SagaStatus.COMPLETED);
      case SAGA_COMPENSATED -> end(book, SagaStatus.COMPENSATED);
      default -> {}
    }
  }

  /** A step whose turn it was may have begun, unless that would have been announced. */
  private static void turn(SagaBook book) {
    book.turned = true;
    for (StepBook step : book.steps.stream().filter(book::isTurn).toList()) {
      boolean silent = step.journaled == Journaled.NOTHING && !step.plan.isAnnounced();
      step.journaled =
          silent || step.journaled == Journaled.STARTED ? Journaled.UNKNOWN : step.journaled;
    }
  }

  private void end(SagaBook book, SagaStatus status) {
    if (!book.ended) {
      open--;
    }
    book.ended = true;
    book.status = status;
  }

  private void mark(SagaBook book, StoredRecord row, RecordKind kind) {
    Marker marker =
        switch (kind) {
          case SAGA_RESUMED -> Marker.SAGA_RESUMED_AFTER_A_DEATH;
          case STEP_UNKNOWN -> ofUnknown(row);
          case ACTION_FAILED -> ofFailure(book, row);
          case SAGA_TURNED_BACK -> ofTurn(book, row);
          case SAGA_STUCK -> ofStuck(row);
          case SAGA_RETRIED -> Marker.STUCK_AND_RETRIED;
          case COMMAND_REFUSED -> Marker.CANCEL_TOO_LATE;
          case STEP_SKIPPED -> Marker.STEP_SKIPPED;
          default -> null;
        };
    if (marker != null) {
      world.markers().hit(marker);
    }
  }

  private static @Nullable Marker ofUnknown(StoredRecord row) {
    String detail = String.valueOf(row.detail());
    if (detail.startsWith("Rejected, but")) {
      return Marker.REJECTION_WITH_AN_ATTEMPT_OPEN;
    }
    return detail.startsWith("This at-most-once") ? Marker.AT_MOST_ONCE_STEP_CRASHED : null;
  }

  private static @Nullable Marker ofFailure(SagaBook book, StoredRecord row) {
    boolean pivot = book.step(RecordOracles.stepOf(row)).plan.kind() == StepKind.PIVOT;
    return pivot ? Marker.PIVOT_RETRIED : null;
  }

  private static @Nullable Marker ofTurn(SagaBook book, StoredRecord row) {
    return switch (TurnCause.valueOf(String.valueOf(row.code()))) {
      case DEADLINE -> Marker.TURNED_BACK_BY_THE_DEADLINE;
      case CANCELLED -> Marker.TURNED_BACK_BY_CANCEL;
      case ABORTED ->
          book.status == SagaStatus.STUCK ? Marker.STUCK_AND_ABORTED : Marker.TURNED_BACK_BY_ABORT;
      case REJECTED ->
          book.steps.stream()
                  .filter(step -> step.journaled == Journaled.REJECTED)
                  .anyMatch(step -> step.plan.kind() == StepKind.PIVOT)
              ? Marker.TURNED_BACK_BY_THE_PIVOT
              : null;
      case UNKNOWN, REVERSED -> null;
    };
  }

  private static @Nullable Marker ofStuck(StoredRecord row) {
    return switch (StuckCause.valueOf(String.valueOf(row.code()))) {
      case CALL_LEAKED -> Marker.STUCK_BY_A_LEAKED_CALL;
      case RECOVERED_TOO_OFTEN -> Marker.STUCK_BY_TOO_MANY_RECOVERIES;
      default -> null;
    };
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

  private int result(SagaBook book, StoredRecord row) {
    return world
        .payloads()
        .number(row, PayloadContext.ofResult(book.id, RecordOracles.stepOf(row)));
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
