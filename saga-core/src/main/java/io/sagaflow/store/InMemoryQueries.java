package io.sagaflow.store;

import io.sagaflow.SagaCounts;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaSummary;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Answers questions about sagas by going through all of them: for stores that have them in memory.
 * As thread-safe as what it is given.
 */
public final class InMemoryQueries implements SagaQueries {

  private final Supplier<List<SagaSummary>> sagas;

  /**
   * Creates the queries.
   *
   * @param sagas gives all sagas as they are when it is asked
   */
  public InMemoryQueries(Supplier<List<SagaSummary>> sagas) {
    this.sagas = sagas;
  }

  @Override
  public SagaListing list(SagaFilter filter, SagaSlice slice) {
    return SagaListing.of(sagas.get().stream(), filter, slice);
  }

  @Override
  public SagaCounts counts() {
    Map<SagaStatus, Long> counted =
        sagas.get().stream()
            .collect(Collectors.groupingBy(SagaSummary::status, Collectors.counting()));
    return new SagaCounts(
        counted.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, each -> exactly(each.getValue()))));
  }

  @Override
  public List<SagasInFlight> inFlight() {
    return sagas.get().stream()
        .filter(saga -> !saga.status().isTerminal())
        .collect(
            Collectors.groupingBy(
                saga -> new DefinitionRef(saga.definition(), saga.version()),
                Collectors.counting()))
        .entrySet()
        .stream()
        .map(each -> new SagasInFlight(each.getKey(), exactly(each.getValue())))
        .toList();
  }

  private static SagaCounts.Count exactly(long sagas) {
    return new SagaCounts.Count(sagas, true);
  }
}
