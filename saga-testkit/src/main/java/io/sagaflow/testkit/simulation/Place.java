package io.sagaflow.testkit.simulation;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaException;
import io.sagaflow.engine.Environment;
import io.sagaflow.store.NodeId;
import io.sagaflow.testkit.database.DatabaseClient;
import io.sagaflow.testkit.loop.EventLoop;
import io.sagaflow.testkit.loop.SimulatedProcess;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where one process after the other runs a coordinator of the same name. */
final class Place {

  static final int MOST_RECOVERIES = 3;
  static final Duration LEASE = Duration.ofSeconds(2);

  private enum About {
    PARK_AFTER
  }

  private static final int RESTART_MILLIS = 300;

  private final World world;
  private final int number;
  private final Line line;
  private List<Blueprint> known = List.of();
  private SimulatedProcess process;
  private @Nullable DatabaseClient client;
  private @Nullable SagaCoordinator coordinator;
  private int life;
  private boolean closing;
  private boolean paused;
  private boolean evictedWhilePaused;
  private boolean fenced;
  private boolean crashing;
  private boolean steadyClock;
  private long disturbedAt = -1;

  /** Whether nothing is started here any more. */
  private boolean gone;

  Place(World world, int number) {
    this.world = world;
    this.number = number;
    this.line = new Line(world, this);
    this.process = world.loop().newProcess();
  }

  /** Starts the first process, or the next. */
  void start() {
    life++;
    closing = false;
    crashing = false;
    evictedWhilePaused = false;
    steadyClock = true;
    known = choose();
    EventLoop loop = world.loop();
    SimulatedProcess mine = loop.newProcess();
    process = mine;
    coordinator = null;
    DatabaseClient mineToo = world.database().connect(line, task -> loop.execute(mine, task));
    client = mineToo;
    tell("starts");
    loop.execute(mine, () -> launch(mine, mineToo));
  }

  private List<Blueprint> choose() {
    List<Blueprint> chosen = new ArrayList<>();
    for (Blueprint blueprint : world.blueprints()) {
      boolean missing =
          world.blueprints().size() > 1
              && world
                  .faults()
                  .strikes(
                      FaultKind.MISSING_DEFINITION, Dice.occasion(number, life, chosen.size(), 0));
      if (!missing) {
        chosen.add(blueprint);
      }
    }
    if (chosen.size() < world.blueprints().size()) {
      world.markers().hit(Marker.DEFINITION_LEFT_FOR_ANOTHER_NODE);
    }
    return chosen.isEmpty() ? List.of(world.blueprints().get(0)) : chosen;
  }

  private void launch(SimulatedProcess mine, DatabaseClient store) {
    SagaCoordinatorBuilder builder =
        SagaCoordinator.builder()
            .store(store)
            .nodeName("n" + number)
            .leaseDuration(LEASE)
            .pollInterval(Duration.ofMillis(250))
            .drainTimeout(Duration.ofSeconds(1))
            .interruptGrace(Duration.ofSeconds(1))
            .storeTimeout(Duration.ofSeconds(5))
            .parkAfter(parkAfter())
            .maxRecoveries(MOST_RECOVERIES)
            .codec(world.payloads().codec(this::read));
    world.cleaning().policy().ifPresent(builder::purge);
    for (Blueprint blueprint : known) {
      builder.register(blueprint.definition());
    }
    try {
      SagaCoordinator started = builder.startIn(() -> environment(mine));
      if (process == mine) {
        coordinator = started;
      }
    } catch (SagaException e) { // the database is away
      world.later(RESTART_MILLIS, () -> startAgain(mine));
    }
  }

  private void startAgain(SimulatedProcess failed) {
    if (process == failed && !failed.isDead()) {
      crash();
    }
  }

  private Duration parkAfter() {
    boolean soon = world.dice().unit(About.PARK_AFTER, number) < 0.5;
    return soon ? Duration.ofMillis(150) : Duration.ofMinutes(1);
  }

  private Environment environment(SimulatedProcess mine) {
    EventLoop loop = world.loop();
    return new Environment(
        mine.clock(),
        mine::nanos,
        world.random(),
        (delay, task) -> loop.schedule(mine, delay, task)::run,
        loop::awaitDone,
        task -> loop.execute(mine, task),
        task -> loop.execute(mine, task),
        task -> loop.execute(mine, task),
        () -> {});
  }

  /** An input is read: some are lethal to a process that recovers their saga. */
  private void read(int value) {
    world.workload().read(this, value);
  }

  /** The process dies here: nothing that it was about to do happens any more. */
  void crash() {
    if (crashing) {
      return;
    }
    crashing = true;
    tell("dies");
    SimulatedProcess dying = process;
    DatabaseClient cut = client;
    if (cut != null) {
      cut.disconnect();
    }
    dying.pause();
    world.loop().execute(null, () -> bury(dying));
  }

  private void bury(SimulatedProcess dying) {
    dying.kill();
    paused = false;
    coordinator = null;
    world.books().died(this, life);
    if (othersAreLeft() && world.faults().strikes(FaultKind.CRASH_FOR_GOOD, occasionOfLife())) {
      gone = true;
      life++; // who waited here for an end waits no more
      return;
    }
    world.later(1 + world.random().nextInt(world.faults().areOver() ? 1 : 3_000), this::start);
  }

  private boolean othersAreLeft() {
    for (Place other : world.places()) {
      if (other != this && !other.gone) {
        return true;
      }
    }
    return false;
  }

  private long occasionOfLife() {
    return Dice.occasion(number, life, 0, 2);
  }

  void pause() {
    if (!crashing && process.isRunning()) {
      paused = true;
      world.books().paused(this);
      tell("is paused");
      process.pause();
    }
  }

  void resume() {
    if (!crashing && paused) {
      tell("goes on");
      paused = false;
      if (evictedWhilePaused) {
        world.markers().hit(Marker.ZOMBIE_WAKES_AFTER_ITS_EVICTION);
      }
      evictedWhilePaused = false;
      disturbedAt = world.loop().nanos();
      process.resume();
    }
  }

  /** Closes the coordinator in an orderly way, and starts another. */
  void close() {
    SagaCoordinator closed = coordinator;
    SimulatedProcess mine = process;
    if (crashing || paused || closed == null || closing) {
      return;
    }
    closing = true;
    tell("is closed");
    if (world.books().hasCallOn(this)) {
      world.markers().hit(Marker.CLOSED_WITH_A_CALL_OPEN);
    }
    world
        .loop()
        .execute(
            mine,
            () -> {
              closed.close();
              if (process == mine) {
                crash(); // the process ends with its coordinator
              }
            });
  }

  void setClockError(Duration error) {
    if (error.isNegative()) {
      world.markers().hit(Marker.CLOCK_SET_BACK);
    }
    tell("has its clock off by " + error);
    steadyClock = false;
    disturbedAt = world.loop().nanos();
    process.setClockError(error);
  }

  /** Ends whatever is wrong with it. */
  void heal() {
    process.setClockError(Duration.ZERO);
    resume();
    line.heal();
    if (known.size() < world.blueprints().size()) {
      close();
      if (!closing) {
        crash();
      }
    }
  }

  /** The coordinator, if somebody outside could reach it. */
  @Nullable SagaCoordinator reachable() {
    return crashing || paused || closing ? null : coordinator;
  }

  /** What the process of now reaches the database by. */
  DatabaseClient client() {
    if (client == null) {
      throw new IllegalStateException(this + " has never been started");
    }
    return client;
  }

  /** Has something done by the process of now, unless it dies before. */
  void execute(Runnable task) {
    world.loop().execute(process, task);
  }

  /** What the process of now can run. */
  List<Blueprint> known() {
    return World.familiesOf(known);
  }

  boolean knows(Blueprint blueprint) {
    for (Blueprint each : known) {
      if (each.definition() == blueprint.definition()) {
        return true;
      }
    }
    return false;
  }

  boolean isProcess(@Nullable SimulatedProcess other) {
    return process == other;
  }

  boolean isPaused() {
    return paused;
  }

  boolean isCrashing() {
    return crashing;
  }

  boolean isClosing() {
    return closing;
  }

  /** Whether it was evicted, and has no other lease yet. */
  boolean isFenced() {
    return fenced;
  }

  void joined() {
    fenced = false;
  }

  void evicted() {
    fenced = true;
    evictedWhilePaused |= paused;
  }

  void claimed() {
    line.claimed();
  }

  Line line() {
    return line;
  }

  int life() {
    return life;
  }

  int number() {
    return number;
  }

  InstantSource clock() {
    return process.clock();
  }

  /**
   * Whether it woke up or got another time in this moment, after it had decided what it does now.
   */
  boolean isJustDisturbed() {
    return disturbedAt == world.loop().nanos();
  }

  /** Whether its clock was never set. */
  boolean hasSteadyClock() {
    return steadyClock;
  }

  /** Whether a node is this place's, and has its lease. */
  boolean isNode(@Nullable NodeId node) {
    return node != null && world.books().placeOf(node) == this && world.database().isAlive(node);
  }

  private void tell(String what) {
    world.trace().note(50 + number, what.hashCode());
    if (world.trace().isTold()) {
      world.trace().tell(this + " " + what);
    }
  }

  @Override
  public String toString() {
    return "n" + number;
  }
}
