package io.sagaflow.engine;

import io.sagaflow.SagaId;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The children of which it isn't known yet whether they were started. A child that isn't in the
 * store may still come as long as it is here; so nobody says that it was never started, and its
 * parent stays with the node that knows. Thread-safe.
 */
final class ChildStarts {

  private final Map<SagaId, Set<String>> open = new ConcurrentHashMap<>();

  /** Remembers a child until there is an answer, whoever still waits for it. */
  void add(SagaId parent, String key, CompletionStage<?> answer) {
    open.merge(parent, Set.of(key), ChildStarts::union);
    answer.whenComplete((started, failure) -> remove(parent, key));
  }

  private void remove(SagaId parent, String key) {
    open.computeIfPresent(
        parent,
        (id, keys) -> {
          Set<String> rest = new HashSet<>(keys);
          rest.remove(key);
          return rest.isEmpty() ? null : rest;
        });
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    Set<String> all = new HashSet<>(some);
    all.addAll(others);
    return all;
  }

  /** Whether any child of a saga may still come. */
  boolean isOpen(SagaId parent) {
    return open.containsKey(parent);
  }

  /** Whether the child with a business key may still come. */
  boolean isOpen(SagaId parent, String key) {
    return open.getOrDefault(parent, Set.of()).contains(key);
  }
}
