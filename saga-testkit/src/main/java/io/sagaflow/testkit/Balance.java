package io.sagaflow.testkit;

import io.sagaflow.testkit.EffectLedger.Entry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a ledger adds up to, by step and effect.
 *
 * @param standing how often each effect was applied, less how often it was compensated
 * @param keys under how many keys each effect was applied
 */
record Balance(Map<Subject, Integer> standing, Map<Subject, Integer> keys) {

  /** A kind of effect of one step; the step is empty where nobody knows who caused it. */
  record Subject(Optional<String> step, String effect) {

    @Override
    public String toString() {
      return "effect " + effect + step.map(name -> " of step " + name).orElse("");
    }
  }

  static Balance of(List<Entry> entries) {
    Map<Subject, Integer> standing = new LinkedHashMap<>();
    Map<Subject, Set<String>> keys = new HashMap<>();
    for (Entry entry : entries) {
      Subject subject = new Subject(entry.step(), entry.effect());
      standing.merge(subject, EffectLedger.change(entry.kind()), Integer::sum);
      if (entry.kind() == EffectLedger.Kind.APPLIED) {
        keys.computeIfAbsent(subject, key -> new HashSet<>()).add(entry.key());
      }
    }
    Map<Subject, Integer> counts = new LinkedHashMap<>();
    standing.keySet().forEach(s -> counts.put(s, keys.getOrDefault(s, Set.of()).size()));
    return new Balance(standing, counts);
  }

  int standing(Subject subject) {
    return standing.getOrDefault(subject, 0);
  }

  int keys(Subject subject) {
    return keys.getOrDefault(subject, 0);
  }
}
