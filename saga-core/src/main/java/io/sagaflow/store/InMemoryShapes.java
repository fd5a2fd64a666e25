package io.sagaflow.store;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Keeps shapes in memory: for stores that keep sagas there. Thread-safe. */
public final class InMemoryShapes implements DefinitionShapes {

  private final Set<DefinitionShape> shapes = new LinkedHashSet<>();
  private final Function<DefinitionRef, List<String>> startedWith;

  /**
   * Creates an empty set of shapes.
   *
   * @param startedWith gives the fingerprint of each saga in flight of a definition
   */
  public InMemoryShapes(Function<DefinitionRef, List<String>> startedWith) {
    this.startedWith = startedWith;
  }

  @Override
  public synchronized void keep(Collection<DefinitionShape> added) {
    shapes.addAll(added);
  }

  @Override
  public synchronized List<DefinitionShape> of(DefinitionRef definition) {
    return shapes.stream().filter(shape -> shape.definition().equals(definition)).toList();
  }

  @Override
  public Map<String, Long> inFlight(DefinitionRef definition) {
    return startedWith.apply(definition).stream()
        .collect(Collectors.groupingBy(fingerprint -> fingerprint, Collectors.counting()));
  }
}
