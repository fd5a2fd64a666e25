package io.sagaflow.engine;

import io.sagaflow.CallLimit;
import io.sagaflow.SagaDefinition;
import io.sagaflow.StepDefinition;
import io.sagaflow.machine.Direction;
import io.sagaflow.store.DefinitionRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The gates of this coordinator, one for each limited step and definition. The versions of a
 * definition share them, for what they protect is the same; the limits of the highest version hold.
 *
 * <p>A call passes its step's gate first: while it waits there it has no place in its definition's,
 * and so is in no other step's way.
 */
final class Gates {

  private static final int LOCK_REQUESTS = 2;

  private record Place(String definition, String step) {}

  private final Map<String, Gate> definitions = new HashMap<>();
  private final Map<Place, Gate> steps = new HashMap<>();
  private final Environment environment;

  /** Each request holds a connection, and may wait for others' requests. */
  private final Gate lockRequests;

  Gates(Collection<Compiled<?>> compiled, Environment environment) {
    this.environment = environment;
    this.lockRequests = gate(new CallLimit(OptionalInt.of(LOCK_REQUESTS), Optional.empty()));
    Comparator<DefinitionRef> byVersion = Comparator.comparingInt(DefinitionRef::version);
    compiled.stream()
        .sorted(Comparator.comparing(Compiled::ref, byVersion))
        .forEach(each -> add(each.definition()));
  }

  private void add(SagaDefinition<?> definition) {
    String name = definition.name();
    put(definitions, name, definition.limit());
    for (StepDefinition<?, ?> step : definition.steps()) {
      put(steps, new Place(name, step.name()), step.limit());
    }
  }

  private <K> void put(Map<K, Gate> gates, K key, CallLimit limit) {
    if (limit.isNone()) {
      gates.remove(key);
    } else {
      gates.put(key, gate(limit));
    }
  }

  private Gate gate(CallLimit limit) {
    return new Gate(limit, environment.nanos(), environment.scheduler());
  }

  /** What a call has to pass. Conditions and calls of child sagas ask no participant. */
  List<Gate> of(DefinitionRef definition, StepDefinition<?, ?> step, Direction direction) {
    if (direction == Direction.CONDITION && step.locking().isPresent()) {
      return List.of(lockRequests);
    }
    List<Gate> gates = new ArrayList<>(2);
    if (direction != Direction.CONDITION && step.child().isEmpty()) {
      add(gates, steps.get(new Place(definition.name(), step.name())));
      add(gates, definitions.get(definition.name()));
    }
    return gates;
  }

  private static void add(List<Gate> gates, @Nullable Gate gate) {
    if (gate != null) {
      gates.add(gate);
    }
  }

  /** Lets all calls through: the coordinator stops, and they won't begin. */
  void open() {
    lockRequests.open();
    steps.values().forEach(Gate::open);
    definitions.values().forEach(Gate::open);
  }
}
