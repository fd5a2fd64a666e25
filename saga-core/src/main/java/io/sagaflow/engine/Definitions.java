package io.sagaflow.engine;

import io.sagaflow.SagaDefinition;
import io.sagaflow.StepDefinition;
import io.sagaflow.store.DefinitionRef;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The definitions that a coordinator can run, by name and version. */
final class Definitions {

  private final Map<DefinitionRef, Compiled<?>> compiled = new LinkedHashMap<>();

  Definitions(Collection<SagaDefinition<?>> definitions, int recordLimit) {
    for (SagaDefinition<?> definition : definitions) {
      add(definition, recordLimit);
    }
  }

  /** With the definitions of its children, unless they are there already. */
  private void add(SagaDefinition<?> definition, int recordLimit) {
    Compiled<?> added = Compiled.of(definition, recordLimit);
    Compiled<?> before = compiled.putIfAbsent(added.ref(), added);
    if (before != null && before.definition() != definition) {
      throw new IllegalArgumentException(
          "Two definitions are named "
              + added.ref()
              + ": give one of them another name or a new version. One of them may be a child.");
    }
    for (StepDefinition<?, ?> step : definition.steps()) {
      step.child().ifPresent(child -> add(child.definition(), recordLimit));
    }
  }

  Set<DefinitionRef> refs() {
    return Set.copyOf(compiled.keySet());
  }

  Collection<Compiled<?>> all() {
    return List.copyOf(compiled.values());
  }

  @Nullable Compiled<?> find(DefinitionRef ref) {
    return compiled.get(ref);
  }

  /** The compiled form of a user's definition; refuses one that isn't the registered one. */
  <I> Compiled<I> require(SagaDefinition<I> definition) {
    Compiled<?> found = compiled.get(new DefinitionRef(definition.name(), definition.version()));
    if (found == null) {
      throw new IllegalArgumentException(
          "Definition "
              + definition
              + " isn't registered with this coordinator; registered are "
              + compiled.keySet()
              + ". Add it with register(...) before start().");
    }
    if (found.definition() != definition) {
      throw new IllegalArgumentException(
          "Another definition is registered as "
              + definition
              + ": start sagas with the object that was registered, or give one a new version.");
    }
    @SuppressWarnings("unchecked") // it holds this very definition
    Compiled<I> same = (Compiled<I>) found;
    return same;
  }
}
