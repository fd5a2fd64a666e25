package io.sagaflow.testkit.simulation;

import io.sagaflow.store.DefinitionRef;
import io.sagaflow.testkit.database.Pace;
import io.sagaflow.testkit.database.SimulatedDatabase;
import io.sagaflow.testkit.loop.EventLoop;
import io.sagaflow.testkit.loop.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * One run: several coordinators on one simulated database, under a workload and faults, and then a
 * quiet phase in which everything must end.
 *
 * <p>Everything that happens follows from the settings; running them again gives the same trace.
 */
final class Simulation implements World {

  private static final int ROUND_MILLIS = 1_000;
  private static final int QUIET_ROUNDS = 300;

  /** How long a fault may have consequences. */
  private static final Duration AFTERMATH = Duration.ofSeconds(30);

  private enum About {
    PLACES,
    CHAOS
  }

  private final Settings settings;
  private final Witness witness;
  private final EventLoop loop;
  private final SplittableRandom random;
  private final Dice dice;
  private final Trace trace;
  private final Verdict verdict;
  private final Faults faults;
  private final SimulatedPayloads payloads;
  private final Markers markers = new Markers();
  private final SimulatedDatabase database;
  private final Books books;
  private final Cleaning cleaning;
  private final Workload workload;
  private final List<Place> places = new ArrayList<>();
  private final List<Blueprint> blueprints;
  private final Map<DefinitionRef, Blueprint> blueprintsByRef = new HashMap<>();
  private final int chaosMillis;
  private int quietRounds;

  private Simulation(Settings settings, Witness witness) {
    this.settings = settings;
    this.witness = witness;
    this.dice = new Dice(settings.seed());
    this.random = new SplittableRandom(Dice.mix(settings.seed() + 31 * settings.schedule()));
    this.loop = new EventLoop(Order.byChance(random.split()));
    this.trace = new Trace(loop, settings.told());
    this.verdict = new Verdict(trace);
    this.faults = new Faults(dice, settings, trace);
    this.payloads = new SimulatedPayloads(dice);
    this.books = new Books(this);
    this.database = new SimulatedDatabase(new LoopPace(loop, markers), books);
    this.cleaning = new Cleaning(this);
    this.workload = new Workload(this);
    this.chaosMillis = workload.spanMillis() + dice.below(6_000, About.CHAOS, 0);
    Blueprints chance = new Blueprints(dice, faults, new Participants(this));
    this.blueprints = isWitnessed() ? List.of(chance.witnessed()) : chance.generate();
    for (Blueprint each : World.familiesOf(blueprints)) {
      blueprintsByRef.put(each.ref(), each);
    }
    witness.begins(blueprints.get(0).definition());
  }

  /** Runs a world from its beginning to its end. */
  static Run run(Settings settings) {
    return run(settings, Witness.NOBODY);
  }

  /** Runs a world with sagas of one shape before a witness. */
  static Run run(Settings settings, Witness witness) {
    Simulation simulation = new Simulation(settings, witness);
    try {
      simulation.run();
    } catch (Throwable e) { // of the simulated world or ours: either way this seed has found it
      simulation.verdict.violated("NothingIsThrown", e.toString());
      simulation.trace.tell("  THROWN " + e);
    } finally {
      simulation.loop.close();
    }
    return simulation.report();
  }

  private void run() {
    int count = 1 + dice.below(4, About.PLACES, 0);
    for (int i = 0; i < count; i++) {
      places.add(new Place(this, i));
    }
    places.forEach(Place::start);
    workload.begin(settings.withoutSagas());
    new Nemesis(this).plan(chaosMillis);
    later(ROUND_MILLIS, this::losePatience);
    later(chaosMillis, this::heal);
    loop.runUntil(
        this::isOver, loop.now().plusMillis(chaosMillis + (QUIET_ROUNDS + 1L) * ROUND_MILLIS));
    if (!verdict.isWrong()) {
      checkTheEnd();
    }
  }

  private void losePatience() {
    workload.losePatience();
    later(ROUND_MILLIS, this::losePatience);
  }

  private boolean isOver() {
    return verdict.isWrong() || (allHasEnded() && isQuiet() && cleaning.isDone());
  }

  private boolean allHasEnded() {
    return faults.areOver() && workload.isAcknowledged() && books.open() == 0;
  }

  /** Whoever waits for an end is told a little later. */
  private boolean isQuiet() {
    return quietRounds > 2 || workload.areWatchesTold();
  }

  private void heal() {
    trace.tell("All faults are over");
    faults.end();
    places.forEach(Place::heal);
    later(ROUND_MILLIS, this::quietRound);
  }

  private void quietRound() {
    quietRounds = allHasEnded() ? quietRounds + 1 : 0;
    workload.sendOn();
    later(ROUND_MILLIS, this::quietRound);
  }

  private void checkTheEnd() {
    List<Oracle.OfEnds> oracles = EndOracles.all(database);
    for (SagaBook saga : books.sagas()) {
      for (Oracle.OfEnds oracle : oracles) {
        String wrong = oracle.check(saga);
        if (wrong != null) {
          verdict.violated(oracle.name(), wrong);
        }
      }
    }
    if (!workload.isAcknowledged()) {
      verdict.violated("EveryStartIsAnswered", "a start got no answer long after the last fault");
    }
    SagaBook left = cleaning.leftOver();
    if (left != null) {
      verdict.violated("WhatIsOverIsPurged", left + " is there long after the last fault");
    }
    workload.checkWatches();
    String apart = workload.callers().check(books);
    if (apart != null) {
      verdict.violated("StartsComeWithTheirTransactions", apart);
    }
  }

  private Run report() {
    return new Run(
        settings,
        books.sagas().size(),
        trace.hash(),
        verdict.violation(),
        markers,
        faults,
        workload.sagas(),
        trace.lines());
  }

  /** The loop, as the database sees it. */
  private record LoopPace(EventLoop loop, Markers markers) implements Pace {

    @Override
    public void later(Duration delay, Runnable event) {
      if (delay.isZero()) {
        loop.execute(null, event);
      } else {
        loop.schedule(null, delay, event);
      }
    }

    @Override
    public boolean await(BooleanSupplier condition, Duration atMost) {
      markers.hit(Marker.CALL_WAITS_FOR_A_LOCK);
      try {
        return loop.await(condition, atMost);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return condition.getAsBoolean();
      }
    }
  }

  @Override
  public void later(long millis, Runnable event) {
    loop.schedule(null, Duration.ofMillis(millis), event);
  }

  private boolean isWitnessed() {
    return witness != Witness.NOBODY;
  }

  @Override
  public Witness witness() {
    return witness;
  }

  @Override
  public EventLoop loop() {
    return loop;
  }

  @Override
  public SimulatedDatabase database() {
    return database;
  }

  @Override
  public Books books() {
    return books;
  }

  @Override
  public Dice dice() {
    return dice;
  }

  @Override
  public SimulatedPayloads payloads() {
    return payloads;
  }

  @Override
  public Faults faults() {
    return faults;
  }

  @Override
  public Trace trace() {
    return trace;
  }

  @Override
  public Verdict verdict() {
    return verdict;
  }

  @Override
  public Markers markers() {
    return markers;
  }

  @Override
  public Workload workload() {
    return workload;
  }

  @Override
  public Duration inOrderAfter() {
    return Duration.ofMillis(chaosMillis).plus(AFTERMATH);
  }

  @Override
  public Cleaning cleaning() {
    return cleaning;
  }

  @Override
  public SplittableRandom random() {
    return random;
  }

  @Override
  public List<Place> places() {
    return places;
  }

  @Override
  public Blueprint blueprint(DefinitionRef ref) {
    Blueprint known = blueprintsByRef.get(ref);
    if (known == null) {
      throw new IllegalStateException("No definition " + ref);
    }
    return known;
  }

  @Override
  public List<Blueprint> blueprints() {
    return blueprints;
  }
}
