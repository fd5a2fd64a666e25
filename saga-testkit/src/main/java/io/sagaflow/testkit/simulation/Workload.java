package io.sagaflow.testkit.simulation;

import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.SagaConflictException;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaException;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The clients: they start sagas on any node, and start them again until they are told that they are
 * started; they start some twice at once, cancel some, and wait for some.
 */
final class Workload {

  private enum About {
    SIZE,
    SAGAS,
    SPAN,
    WHEN,
    WHICH,
    WHERE,
    WAITS,
    WATCH,
    CANCEL_WHEN
  }

  private static final int AGAIN_MILLIS = 400;
  private static final long PATIENCE_NANOS = 8_000_000_000L;
  private static final int OTHER_INPUT = 1_000_000;

  private final World world;
  private final int sagas;
  private final int spanMillis;
  private final List<@Nullable SagaId> ids = new ArrayList<>();
  private final List<Watch> watches = new ArrayList<>();
  private final Set<Request> pending = new LinkedHashSet<>();
  private final Senders senders;
  private final Operators operators;
  private final Callers callers;
  private int unacknowledged;

  private record Watch(Place place, int life, SagaId saga, CompletableFuture<SagaOutcome> told) {}

  Workload(World world) {
    this.world = world;
    this.senders = new Senders(world);
    this.operators = new Operators(world);
    this.callers = new Callers(world);
    double size = world.dice().unit(About.SIZE, 0);
    int most = size < 0.2 ? 3 : size < 0.5 ? 40 : 600;
    this.sagas = 1 + world.dice().below(most, About.SAGAS, 0);
    this.spanMillis = world.cleaning().spanMillis(1 + world.dice().below(5_000, About.SPAN, 0));
  }

  int sagas() {
    return sagas;
  }

  int spanMillis() {
    return spanMillis;
  }

  void begin(Set<Integer> without) {
    for (int i = 0; i < sagas; i++) {
      int number = i;
      ids.add(null);
      if (!without.contains(i)) {
        unacknowledged++;
        world.later(
            world.dice().below(spanMillis, About.WHEN, i),
            () -> start(new Start(number, 0, false)));
        if (world.faults().strikes(FaultKind.SECOND_START, i)) {
          unacknowledged++;
          world.later(
              world.dice().below(spanMillis, About.WHEN, i),
              () -> start(new Start(number, 0, true)));
        }
      }
    }
  }

  /** A request to start a saga: the how-manieth try, and whether it is a second request. */
  private record Start(int number, int tries, boolean second) {

    Start again() {
      return new Start(number, tries + 1, second);
    }

    long occasion() {
      return Dice.occasion(number, tries, second ? 1 : 0, 0);
    }
  }

  /** What a client has asked of a process, and has no answer to. */
  private record Request(
      Start start,
      Blueprint blueprint,
      Place place,
      int life,
      SagaCoordinator coordinator,
      long askedAt) {

    int number() {
      return start.number();
    }
  }

  private void start(Start start) {
    Blueprint blueprint = blueprintOf(start.number());
    Place place = reachable(blueprint, start.occasion());
    SagaCoordinator coordinator = place == null ? null : place.reachable();
    if (place == null || coordinator == null) {
      world.later(AGAIN_MILLIS, () -> start(start.again()));
    } else {
      ask(new Request(start, blueprint, place, place.life(), coordinator, world.nanos()));
    }
  }

  /** Some place that could take the request, or null. */
  private @Nullable Place reachable(Blueprint blueprint, long occasion) {
    int count = world.places().size();
    int first = world.dice().below(count, About.WHERE, occasion);
    for (int i = 0; i < count; i++) {
      Place place = world.places().get((first + i) % count);
      if (place.reachable() != null && place.knows(blueprint)) {
        return place;
      }
    }
    return null;
  }

  private Blueprint blueprintOf(int number) {
    List<Blueprint> all = world.blueprints();
    return all.get(world.dice().below(all.size(), About.WHICH, number));
  }

  private void ask(Request request) {
    if (world.trace().isTold()) {
      world.trace().tell(request.place() + " is asked to start saga " + request.number());
    }
    pending.add(request);
    SagaDefinition<Integer> definition = request.blueprint().definition();
    String key = "saga-" + request.number();
    try {
      long at = request.start().occasion();
      if (callers.joins(at)) {
        request.place().execute(() -> join(request, definition, key));
      } else if (world.dice().unit(About.WAITS, at) < 0.03) {
        answered(request, request.coordinator().start(definition, key, request.number()), null);
      } else {
        request
            .coordinator()
            .startAsync(definition, key, request.number())
            .whenComplete((saga, failure) -> answered(request, saga, failure));
      }
    } catch (SagaException e) {
      answered(request, null, e);
    }
  }

  private void join(Request request, SagaDefinition<Integer> definition, String key) {
    int input = request.number();
    try {
      SagaHandle saga =
          callers.start(
              request.place().client(),
              request.coordinator(),
              (coordinator, connection) ->
                  coordinator.start(connection.asConnection(), definition, key, input),
              request.start().occasion());
      answered(request, saga, null);
    } catch (Callers.ThoughtBetter e) {
      answered(request, null, new SagaException("rolled back"));
    } catch (Exception e) {
      answered(request, null, e);
    }
  }

  private void answered(Request request, @Nullable SagaHandle saga, @Nullable Throwable failure) {
    if (!pending.remove(request)) {
      return; // nobody waits for it any more
    }
    if (saga != null) {
      world.loop().execute(null, () -> started(request, saga));
    } else {
      requireNoSurprise(failure);
      askAgain(request.start());
    }
  }

  private void requireNoSurprise(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (!(cause instanceof SagaException)) {
      world.verdict().violated("NothingIsThrown", "a start failed with " + failure);
    }
  }

  private void askAgain(Start start) {
    if (start.tries() > 0) {
      world.markers().hit(Marker.START_IN_DOUBT);
    }
    world.later(AGAIN_MILLIS, () -> start(start.again()));
  }

  /** Clients lose patience, with a process that died or with one that doesn't answer. */
  void losePatience() {
    for (Request request : List.copyOf(pending)) {
      boolean died = request.place().life() != request.life();
      if ((died || world.nanos() - request.askedAt() > PATIENCE_NANOS) && pending.remove(request)) {
        askAgain(request.start());
      }
    }
  }

  private void started(Request request, SagaHandle saga) {
    Start start = request.start();
    acknowledged(start, saga);
    Place place = request.place();
    if (place.life() == request.life() && world.dice().unit(About.WATCH, start.occasion()) < 0.1) {
      if (world.trace().isTold()) {
        world.trace().tell(place + " is asked to tell the end of saga " + start.number());
      }
      CompletionStage<SagaOutcome> told =
          saga.completion().thenApply(outcome -> checkOutcome(saga.id(), outcome));
      watches.add(new Watch(place, request.life(), saga.id(), told.toCompletableFuture()));
    }
    conflict(start, request.coordinator(), request.blueprint());
    commands(start.occasion(), saga.id());
  }

  private void acknowledged(Start start, SagaHandle handle) {
    SagaId known = ids.get(start.number());
    unacknowledged--;
    SagaBook before = known == null ? null : world.books().find(known);
    if (before != null && !before.purged && !known.equals(handle.id())) {
      world.verdict().violated("OneSagaForAKey", "saga " + start.number() + " has two ids");
    }
    if (known != null) {
      world.markers().hit(Marker.TWO_STARTS_OF_ONE_KEY);
    }
    ids.set(start.number(), handle.id());
    SagaBook book = world.books().find(handle.id());
    if (book == null) {
      world
          .verdict()
          .violated("NothingAcknowledgedIsLost", "saga " + start.number() + " isn't there");
    } else {
      book.acknowledged = true;
    }
  }

  /** The same key with another input is refused. */
  private void conflict(Start start, SagaCoordinator coordinator, Blueprint blueprint) {
    if (!world.faults().strikes(FaultKind.START_WITH_ANOTHER_INPUT, start.occasion())) {
      return;
    }
    try {
      coordinator.start(
          blueprint.definition(), "saga-" + start.number(), start.number() + OTHER_INPUT);
      world
          .verdict()
          .violated("ConflictsAreRefused", "saga " + start.number() + " took both inputs");
    } catch (SagaConflictException e) {
      world.markers().hit(Marker.CONFLICTING_START);
    } catch (SagaException e) {
      // no answer to be had: nothing to be said
    }
  }

  private void commands(long at, SagaId id) {
    if (world.faults().strikes(FaultKind.CANCEL, at)) {
      int when = world.dice().below(2_000, About.CANCEL_WHEN, at);
      world.later(when, () -> command(at, coordinator -> coordinator.cancel(id, "ann", "chance")));
    }
    if (world.faults().strikes(FaultKind.RETRY_COMMAND, at)) {
      int when = world.dice().below(4_000, About.CANCEL_WHEN, at + 1);
      world.later(when, () -> command(at, coordinator -> coordinator.retry(id, "ann", "chance")));
    }
    if (world.faults().strikes(FaultKind.ABORT_COMMAND, at)) {
      int when = world.dice().below(4_000, About.CANCEL_WHEN, at + 2);
      world.later(when, () -> command(at, abort(id)));
    }
  }

  /** The operators, who know what they have asked. */
  Operators operators() {
    return operators;
  }

  /** Those who start sagas in transactions of theirs. */
  Callers callers() {
    return callers;
  }

  private static Command abort(SagaId id) {
    return coordinator -> coordinator.operator("ann", "chance").abort(id);
  }

  private interface Command {
    void give(SagaCoordinator coordinator);
  }

  /** A saga exists, and so somebody has signals for it. */
  void exists(SagaBook saga) {
    senders.plan(saga);
    operators.plan(saga);
    if (saga.parent != null) {
      commands(Dice.occasion(saga.number, 0, 2, 0), saga.id);
    }
  }

  private void command(long at, Command command) {
    SagaCoordinator coordinator = anyReachable(at + 7);
    if (coordinator == null) {
      return;
    }
    try {
      command.give(coordinator);
    } catch (SagaException e) {
      // nobody promised anything
    }
  }

  /** The coordinator of some place that could take a request, or null. */
  @Nullable SagaCoordinator anyReachable(long occasion) {
    int count = world.places().size();
    int first = world.dice().below(count, About.WHERE, occasion);
    for (int i = 0; i < count; i++) {
      SagaCoordinator coordinator = world.places().get((first + i) % count).reachable();
      if (coordinator != null) {
        return coordinator;
      }
    }
    return null;
  }

  /** An operator sends every stuck saga on, once in a while. */
  void sendOn() {
    for (SagaBook saga : List.copyOf(world.books().sagas())) {
      if (saga.status == SagaStatus.STUCK && !saga.goesOnByItself && saga.running.isEmpty()) {
        world.loop().execute(null, () -> sendOn(saga));
      }
    }
  }

  /** Some are aborted first; where that comes too late, the retry sends them on. */
  private void sendOn(SagaBook saga) {
    operators.help(saga);
    if (world.faults().isEnabled(FaultKind.ABORT_COMMAND) && saga.number % 2 == 0) {
      command(saga.number, abort(saga.id));
    }
    command(saga.number, coordinator -> coordinator.retry(saga.id, "ann", "all is well again"));
  }

  /** A process reads an input; if it is lethal, and the saga exists, this is a recovery. */
  void read(Place place, int number) {
    SagaId id = number < ids.size() && number >= 0 ? ids.get(number) : null;
    SagaBook saga = id == null ? null : world.books().find(id);
    if (saga == null || world.books().placeOf(saga.owner) != place) {
      return;
    }
    if (world.faults().strikes(FaultKind.LETHAL_INPUT, Dice.occasion(number, 0, 0, 5))) {
      saga.lethalReads++;
      place.crash();
      if (saga.lethalReads > 4 * Place.MOST_RECOVERIES + 8) {
        world.verdict().violated("LethalSagasAreStopped", saga + " kills again and again");
      }
    }
  }

  boolean isAcknowledged() {
    return unacknowledged == 0;
  }

  boolean areWatchesTold() {
    for (Watch watch : watches) {
      if (watch.place().life() == watch.life() && !watch.told().isDone()) {
        return false;
      }
    }
    return true;
  }

  /** What is told is an end, and durable. */
  private SagaOutcome checkOutcome(SagaId id, SagaOutcome outcome) {
    SagaStatus committed = world.database().status(id).orElse(outcome.status());
    boolean right =
        outcome.status().isTerminal()
            ? outcome.status() == committed
            : outcome.status() == SagaStatus.STUCK; // an operator may just have sent it on
    if (!right) {
      SagaBook saga = world.books().find(id);
      world
          .verdict()
          .violated(
              "WatchersAreTold", outcome.status() + " of " + saga + ", which is " + committed);
    }
    return outcome;
  }

  /** Who waits for a saga on a node that lives is told of its end. */
  void checkWatches() {
    for (Watch watch : watches) {
      if (watch.place().life() == watch.life() && !watch.told().isDone()) {
        SagaBook saga = world.books().find(watch.saga());
        world.verdict().violated("WatchersAreTold", "the end of " + saga + " was told to nobody");
      }
      if (watch.told().isCompletedExceptionally()) {
        checkFailure(watch);
      }
    }
  }

  private void checkFailure(Watch watch) {
    Throwable failure = watch.told().handle((outcome, error) -> error).join();
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    if (!(cause instanceof CoordinatorClosedException)) {
      world.verdict().violated("WatchersAreTold", "of a failure instead of an end: " + failure);
    }
  }
}
