package io.sagaflow.testkit.simulation;

import java.util.HashMap;
import java.util.Map;

/** No more calls of a step run at a time in one process than its limit allows. */
final class Crowds {

  /** One step in one process. */
  private record Crowd(int place, int life, String definition, String step) {

    static Crowd of(Invocation call) {
      return new Crowd(
          call.place().number(),
          call.life(),
          call.saga().blueprint.definition().name(),
          call.step().plan.name());
    }
  }

  private final World world;
  private final Map<Crowd, Integer> sizes = new HashMap<>();

  Crowds(World world) {
    this.world = world;
  }

  void enter(Invocation call) {
    int most = most(call);
    if (most == Integer.MAX_VALUE) {
      return;
    }
    int size = sizes.merge(Crowd.of(call), 1, Integer::sum);
    if (size == most) {
      world.markers().hit(Marker.AS_MANY_CALLS_AS_ALLOWED);
    }
    if (size > most) {
      world.verdict().violated("LimitsAreKept", call + " is one of " + size + ", and not " + most);
    }
  }

  void leave(Invocation call) {
    if (most(call) != Integer.MAX_VALUE) {
      sizes.merge(Crowd.of(call), -1, Integer::sum);
    }
  }

  /** Versions share what the highest one says, and a place needn't have that one. */
  private int most(Invocation call) {
    String name = call.saga().blueprint.definition().name();
    long versions =
        world.blueprints().stream()
            .filter(blueprint -> blueprint.definition().name().equals(name))
            .count();
    return versions > 1
        ? Integer.MAX_VALUE
        : call.step().plan.manner().atATime().orElse(Integer.MAX_VALUE);
  }
}
