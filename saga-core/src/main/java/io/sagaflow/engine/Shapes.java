package io.sagaflow.engine;

import io.sagaflow.machine.ShapeChange;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.DefinitionShape;
import io.sagaflow.store.DefinitionShapes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What definitions looked like. Each coordinator keeps its own in the store before it starts or
 * resumes a saga, so whatever a journal's fingerprint means can be looked up. Thread-safe.
 */
final class Shapes {

  private static final Logger LOG = LoggerFactory.getLogger(Shapes.class);
  private static final String UNKNOWN =
      "their names, kinds or order, what they wait for, or which have a compensation, a condition or"
          + " a probe or are at-most-once";

  private final DefinitionShapes store;

  /** By the fingerprint of before: many sagas may have the same. */
  private final Map<Change, String> known = new ConcurrentHashMap<>();

  private record Change(DefinitionRef definition, String before) {}

  Shapes(DefinitionShapes store) {
    this.store = store;
  }

  void keep(Definitions definitions) {
    store.keep(
        definitions.all().stream()
            .map(
                each ->
                    new DefinitionShape(
                        each.ref(), each.machine().fingerprint(), each.machine().plan().shape()))
            .toList());
  }

  /** Says what has changed since a saga was started. Nothing that fails here blames the saga. */
  String changes(String before, Compiled<?> now) {
    Change change = new Change(now.ref(), before);
    String told = known.get(change);
    if (told != null) {
      return told;
    }
    try {
      String found = find(change, now.machine().plan().shape()).orElse(UNKNOWN);
      known.put(change, found);
      return found;
    } catch (RuntimeException e) { // the store doesn't answer, or its text is of another release
      LOG.warn("What has changed of definition {} isn't known", now.ref(), e);
      return UNKNOWN;
    }
  }

  private Optional<String> find(Change change, String now) {
    return store.of(change.definition()).stream()
        .filter(shape -> shape.fingerprint().equals(change.before()))
        .map(shape -> String.join("; ", ShapeChange.between(shape.shape(), now)))
        .filter(text -> !text.isEmpty())
        .findFirst();
  }

  /** How many of a definition's sagas in flight were started with which other shapes. */
  Map<String, Long> others(Compiled<?> now) {
    List<DefinitionShape> kept = store.of(now.ref());
    if (kept.size() < 2) {
      return Map.of(); // nobody has ever had another
    }
    Map<String, Long> inFlight = new ConcurrentHashMap<>(store.inFlight(now.ref()));
    inFlight.remove(now.machine().fingerprint());
    return inFlight;
  }
}
