package io.sagaflow.testkit.simulation;

import io.sagaflow.testkit.simulation.Verdict.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a run.
 *
 * @param settings what it was made of
 * @param sagas how many sagas were started
 * @param hash of everything that happened
 * @param violation what is wrong, or null
 * @param markers how often each marker was hit
 * @param faults which faults struck
 * @param planned how many sagas the seed plans
 * @param lines the timeline; of a told run only
 */
record Run(
    Settings settings,
    int sagas,
    long hash,
    @Nullable Violation violation,
    Markers markers,
    Faults faults,
    int planned,
    List<String> lines) {

  boolean failed() {
    return violation != null;
  }
}
