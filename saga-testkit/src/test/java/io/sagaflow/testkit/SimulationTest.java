package io.sagaflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaException;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.InMemorySagaStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three nodes that are killed, paused, cut off from the store and closed by chance, under sagas
 * whose participants fail by chance. A run is a seed: the number in a failure's name repeats it.
 */
class SimulationTest {

  private static final int SEEDS = Integer.getInteger("sagaflow.seeds", 50);
  private static final int FIRST_SEED = Integer.getInteger("sagaflow.firstSeed", 1);
  private static final int NODES = 3;
  private static final int SAGAS = 6;
  private static final int FAULTS = 25;

  static LongStream seeds() {
    return LongStream.range(FIRST_SEED, (long) FIRST_SEED + SEEDS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void givenFaultsOfEveryKind_whenTheyAreOver_thenEverySagaHasEndedRightly(long seed) {
    Simulation simulation = new Simulation(seed);

    simulation.run();

    simulation.assertAllIsWell();
  }

  /** One process after the other under one name, with its way to the store. */
  private static final class Place {
    private final String name;
    private final OutageStore store;
    private VirtualNode node;
    private boolean alive;
    private boolean paused;
    private boolean cutOff;

    Place(String name, OutageStore store) {
      this.name = name;
      this.store = store;
    }

    boolean isReachable() {
      return alive && !paused && !cutOff;
    }
  }

  private static final class Simulation {
    private final SplittableRandom random;
    private final VirtualTime time;
    private final InMemorySagaStore store = new InMemorySagaStore();
    private final Participants participants;
    private final SagaDefinition<String> order;
    private final List<Place> places = new ArrayList<>();

    Simulation(long seed) {
      this.random = new SplittableRandom(seed);
      this.time = new VirtualTime(seed);
      this.participants = new Participants(time, store, seed);
      this.order = participants.definition();
    }

    void run() {
      for (int i = 1; i <= NODES; i++) {
        Place place = new Place("node-" + i, new OutageStore(store));
        places.add(place);
        join(place);
      }
      for (int i = 0; i < FAULTS; i++) {
        startSome();
        time.advance(Duration.ofMillis(random.nextInt(4_000)));
        fault(places.get(random.nextInt(NODES)));
      }
      heal();
    }

    private void join(Place place) {
      place.node =
          time.start(
              SagaCoordinator.builder()
                  .store(place.store)
                  .nodeName(place.name)
                  .drainTimeout(Duration.ofSeconds(2))
                  .parkAfter(Duration.ofMillis(1_500))
                  .register(order));
      place.alive = true;
    }

    private void startSome() {
      ask(coordinator -> coordinator.start(order, "order-" + random.nextInt(SAGAS), "input"));
    }

    private interface Question {
      void put(SagaCoordinator coordinator);
    }

    /** Asks a node that could answer; that it doesn't is no surprise. */
    private void ask(Question question) {
      Place place = places.get(random.nextInt(NODES));
      if (place.isReachable()) {
        try {
          question.put(place.node.coordinator());
        } catch (SagaException e) {
          assertThat(e).hasMessageNotContaining("bug");
        }
      }
    }

    private void fault(Place place) {
      switch (random.nextInt(9)) {
        case 0, 1 -> killOrRestart(place);
        case 2, 3 -> pauseOrResume(place);
        case 4, 5 -> cutOffOrMend(place);
        case 6 -> closeAndRestart(place);
        case 7 -> command((coordinator, saga) -> coordinator.cancel(saga.id(), "ann", "chance"));
        default -> command((coordinator, saga) -> coordinator.retry(saga.id(), "ann", "chance"));
      }
    }

    private void killOrRestart(Place place) {
      if (place.alive) {
        place.node.kill();
        place.alive = false;
        place.paused = false;
        mend(place);
      } else {
        join(place);
      }
    }

    private void pauseOrResume(Place place) {
      if (place.alive && place.paused) {
        place.node.resume();
      } else if (place.alive) {
        place.node.pause();
      }
      place.paused = place.alive && !place.paused;
    }

    private void cutOffOrMend(Place place) {
      if (!place.alive || place.cutOff) {
        mend(place);
      } else if (random.nextBoolean()) {
        place.store.goDown();
        place.cutOff = true;
      } else {
        place.store.stallWrites();
        place.cutOff = true;
      }
    }

    private void mend(Place place) {
      place.store.comeBack();
      place.cutOff = false;
    }

    private void closeAndRestart(Place place) {
      if (place.alive && !place.paused) {
        place.node.coordinator().close();
        mend(place);
        join(place);
      }
    }

    private interface Command {
      void give(SagaCoordinator coordinator, SagaHandle saga);
    }

    private void command(Command command) {
      String key = "order-" + random.nextInt(SAGAS);
      ask(
          coordinator ->
              coordinator.find("order", key).ifPresent(saga -> command.give(coordinator, saga)));
    }

    private void heal() {
      participants.heal();
      for (Place place : places) {
        mend(place);
        if (place.paused) {
          pauseOrResume(place);
        }
        if (!place.alive) {
          join(place);
        }
      }
      time.advance(Duration.ofMinutes(3));
      for (SagaHandle saga : sagas()) {
        if (saga.status() == SagaStatus.STUCK) {
          places.get(0).node.coordinator().retry(saga.id(), "ann", "all is well again");
        }
      }
      time.advance(Duration.ofMinutes(1));
    }

    private List<SagaHandle> sagas() {
      List<SagaHandle> sagas = new ArrayList<>();
      for (int i = 0; i < SAGAS; i++) {
        places.get(0).node.coordinator().find("order", "order-" + i).ifPresent(sagas::add);
      }
      return sagas;
    }

    void assertAllIsWell() {
      assertThat(participants.violations).isEmpty();
      assertThat(store.nodes()).hasSize(NODES);
      assertThat(sagas()).isNotEmpty().allSatisfy(this::assertEndedRightly);
    }

    private static String told(List<SagaEvent> history) {
      return history.stream()
          .map(event -> event.at() + " " + Shop.kind(event) + event.detail().orElse(""))
          .collect(Collectors.joining("\n"));
    }

    private void assertEndedRightly(SagaHandle saga) {
      List<SagaEvent> history = saga.history();
      assertThat(saga.status().isTerminal()).as("ended: %s", told(history)).isTrue();
      assertThat(history)
          .extracting(SagaEvent::seq)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, history.size()).boxed().toList());
      assertThat(participants.effects(saga.id()))
          .as("effects: %s", told(history))
          .hasSize(saga.status() == SagaStatus.COMPLETED ? Participants.STEPS.size() : 0);
    }
  }
}
