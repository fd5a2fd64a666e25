package io.sagaflow.testkit.simulation;

import io.sagaflow.store.DefinitionRef;
import io.sagaflow.testkit.database.SimulatedDatabase;
import io.sagaflow.testkit.loop.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What everything in a run shares. */
interface World {

  EventLoop loop();

  SimulatedDatabase database();

  Books books();

  Dice dice();

  Faults faults();

  SimulatedPayloads payloads();

  Trace trace();

  Verdict verdict();

  Markers markers();

  /** Randomness of the engine's own, and of whatever needs no occasion. */
  SplittableRandom random();

  List<Place> places();

  List<Blueprint> blueprints();

  Witness witness();

  /** Something that a run does later on, whatever becomes of any process. */
  void later(long millis, Runnable event);

  default long nanos() {
    return loop().nanos();
  }

  default Place place(String name) {
    return places().get(Integer.parseInt(name.substring(1)));
  }

  /** Finds a definition, which may be that of a child. */
  Blueprint blueprint(DefinitionRef ref);

  /** Definitions, with those of their children. */
  static List<Blueprint> familiesOf(List<Blueprint> blueprints) {
    List<Blueprint> all = new ArrayList<>();
    blueprints.forEach(blueprint -> all.addAll(blueprint.family()));
    return all;
  }

  Workload workload();

  /** From when on, since the beginning, no fault can be the reason for anything any more. */
  Duration inOrderAfter();

  Cleaning cleaning();

  /** The place on which the caller runs. */
  default Place placeOfCaller() {
    for (Place place : places()) {
      if (place.isProcess(loop().current())) {
        return place;
      }
    }
    throw new IllegalStateException("Nobody's process runs this");
  }
}
