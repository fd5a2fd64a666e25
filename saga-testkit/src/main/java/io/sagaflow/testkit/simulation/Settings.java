package io.sagaflow.testkit.simulation;

import java.util.Set;

/**
 * What a run is made of. A seed alone gives a whole run; the rest takes pieces away from it.
 *
 * @param seed decides definitions, workload, faults and interleaving
 * @param schedule another interleaving of the same; 0 for the seed's own
 * @param withoutSagas numbers of sagas that aren't started
 * @param withoutFaults ids of faults that don't strike
 * @param told whether the run is told line by line
 */
record Settings(
    long seed, long schedule, Set<Integer> withoutSagas, Set<Long> withoutFaults, boolean told) {

  Settings {
    withoutSagas = Set.copyOf(withoutSagas);
    withoutFaults = Set.copyOf(withoutFaults);
  }

  static Settings of(long seed) {
    return new Settings(seed, 0, Set.of(), Set.of(), false);
  }

  Settings withSchedule(long next) {
    return new Settings(seed, next, withoutSagas, withoutFaults, told);
  }

  Settings withoutSagas(Set<Integer> sagas) {
    return new Settings(seed, schedule, sagas, withoutFaults, told);
  }

  Settings withoutFaults(Set<Long> faults) {
    return new Settings(seed, schedule, withoutSagas, faults, told);
  }

  Settings withTimeline() {
    return new Settings(seed, schedule, withoutSagas, withoutFaults, true);
  }
}
