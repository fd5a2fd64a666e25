package io.sagaflow.testkit.model;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.InMemorySagaStore;
import io.sagaflow.store.SagaStore;
import io.sagaflow.testkit.VirtualNode;
import io.sagaflow.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Two nodes of the real engine that are killed, paused and closed by chance while they drive a few
 * sagas, and what was seen of each saga. A run is its seed.
 */
final class RecordedRun {

  private static final int SAGAS = 4;
  private static final int FAULTS = 20;

  private final SplittableRandom random;
  private final VirtualTime time;
  private final SagaDefinition<String> definition;
  private final RecordedParticipants participants;
  private final TraceRecorder recorder;
  private final SagaStore store;
  private final List<Place> places = List.of(new Place("node-1"), new Place("node-2"));

  /** One process after the other, under one name. */
  private static final class Place {
    private final String name;
    private VirtualNode node;
    private boolean alive;
    private boolean paused;

    Place(String name) {
      this.name = name;
    }

    boolean answers() {
      return alive && !paused;
    }
  }

  private RecordedRun(long seed, UnaryOperator<SagaStore> seenByEngine) {
    this.random = new SplittableRandom(seed);
    this.time = new VirtualTime(seed);
    this.participants = new RecordedParticipants(time, seed);
    this.definition = participants.definition();
    this.recorder = new TraceRecorder(definition);
    participants.tell(recorder);
    this.store = seenByEngine.apply(RecordingStore.around(new InMemorySagaStore(), recorder));
  }

  /** The definition of which all runs have their sagas. */
  static SagaDefinition<String> definition() {
    return new RecordedParticipants(new VirtualTime(), 0).definition();
  }

  /** Runs, and returns the traces of its sagas. */
  static List<List<TraceEvent>> traces(long seed) {
    return traces(seed, UnaryOperator.identity());
  }

  /**
   * As {@link #traces(long)}, with a store that shows the engine something else than is recorded.
   */
  static List<List<TraceEvent>> traces(long seed, UnaryOperator<SagaStore> seenByEngine) {
    RecordedRun run = new RecordedRun(seed, seenByEngine);
    run.run();
    return run.recorder.traces();
  }

  private void run() {
    places.forEach(this::join);
    for (int i = 0; i < FAULTS; i++) {
      Place one = places.get(random.nextInt(places.size()));
      if (one.answers()) {
        one.node.coordinator().start(definition, "saga-" + random.nextInt(SAGAS), "input");
      }
      time.advance(Duration.ofMillis(random.nextInt(3_000)));
      fault(places.get(random.nextInt(places.size())));
    }
    heal();
  }

  private void join(Place place) {
    place.node =
        time.start(
            SagaCoordinator.builder()
                .store(store)
                .nodeName(place.name)
                .drainTimeout(Duration.ofSeconds(1))
                .parkAfter(Duration.ofSeconds(1))
                .register(definition));
    place.alive = true;
  }

  private void fault(Place place) {
    switch (random.nextInt(5)) {
      case 0 -> killOrRestart(place);
      case 1 -> pauseOrResume(place);
      case 2 -> closeAndRestart(place);
      case 3 -> saga().ifPresent(saga -> saga.cancel("ann", "chance"));
      default -> saga().ifPresent(this::retry);
    }
  }

  private void killOrRestart(Place place) {
    if (place.alive) {
      place.node.kill();
      place.alive = false;
      place.paused = false;
    } else {
      join(place);
    }
  }

  private void pauseOrResume(Place place) {
    if (place.answers()) {
      place.node.pause();
      place.paused = true;
    } else if (place.alive) {
      place.node.resume();
      place.paused = false;
    }
  }

  private void closeAndRestart(Place place) {
    if (place.answers()) {
      place.node.coordinator().close();
      join(place);
    }
  }

  private Optional<SagaHandle> saga() {
    String key = "saga-" + random.nextInt(SAGAS);
    return places.stream()
        .filter(Place::answers)
        .findFirst()
        .flatMap(place -> place.node.coordinator().find(definition.name(), key));
  }

  private void retry(SagaHandle saga) {
    if (saga.status() == SagaStatus.STUCK) {
      places.stream()
          .filter(Place::answers)
          .findFirst()
          .ifPresent(place -> place.node.coordinator().retry(saga.id(), "ann", "chance"));
    }
  }

  private void heal() {
    participants.heal();
    for (Place place : places) {
      if (place.paused) {
        pauseOrResume(place);
      }
      if (!place.alive) {
        join(place);
      }
    }
    time.advance(Duration.ofMinutes(2));
    sagas().forEach(this::retry);
    time.advance(Duration.ofMinutes(1));
  }

  private List<SagaHandle> sagas() {
    SagaCoordinator coordinator = places.get(0).node.coordinator();
    List<SagaHandle> sagas = new ArrayList<>();
    for (int i = 0; i < SAGAS; i++) {
      coordinator.find(definition.name(), "saga-" + i).ifPresent(sagas::add);
    }
    return sagas;
  }
}
