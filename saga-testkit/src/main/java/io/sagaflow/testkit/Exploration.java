package io.sagaflow.testkit;

import io.sagaflow.SagaStatus;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a {@link SagaExplorer} has done, if it found nothing wrong. Deterministic: two explorations
 * of the same saga are equal.
 *
 * @param runs how often the saga was run, once without a fault
 * @param runsByFault how many runs met each kind of fault; one may meet several
 * @param crashPoints at how many points the saga was made to crash in an otherwise undisturbed run
 * @param pairs how many runs crashed twice
 * @param pairsLeftOut how many more such runs there would have been without the bound
 * @param ends how many runs ended in which way
 */
public record Exploration(
    int runs,
    Map<FaultKind, Integer> runsByFault,
    int crashPoints,
    int pairs,
    int pairsLeftOut,
    Map<SagaStatus, Integer> ends) {

  /** Copies the maps. */
  public Exploration {
    runsByFault = Map.copyOf(runsByFault);
    ends = Map.copyOf(ends);
  }

  /** Says it in a few lines. */
  @Override
  public String toString() {
    return "Explored "
        + runs
        + " runs; "
        + crashPoints
        + " crash points, "
        + pairs
        + " pairs of them ("
        + pairsLeftOut
        + " left out)\n  by fault: "
        + inOrder(runsByFault)
        + "\n  by end: "
        + inOrder(ends);
  }

  private static <K extends Enum<K>> String inOrder(Map<K, Integer> counts) {
    return counts.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
