package io.sagaflow.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.testkit.model.TraceCheck.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the engine does is what the model says: {@code docs/model/README.md}. */
class TraceTest {

  private static final int SEEDS = Boolean.getBoolean("sagaflow.soak") ? 1_000 : 40;

  private static final int SAGAS_OF_A_SEED = 6;

  private static final List<List<TraceEvent>> TRACES =
      seeds().flatMap(seed -> RecordedRun.traces(seed).stream()).toList();

  @Test
  void givenTheEngineUnderFaults_whenItsTracesAreChecked_thenAllAreBehavioursOfTheModel() {
    List<Verdict> verdicts = TraceCheck.check("real", RecordedRun.definition(), TRACES);

    assertThat(verdicts).hasSizeGreaterThan(2 * SEEDS).allMatch(Verdict::isAccepted);
  }

  @Test
  void givenTheSimulator_whenItsTracesAreChecked_thenAllAreBehavioursOfTheModel() {
    List<List<TraceEvent>> traces =
        seeds().flatMap(seed -> SimulatedTraces.of(seed).stream().limit(SAGAS_OF_A_SEED)).toList();

    List<Verdict> verdicts = TraceCheck.check("simulated", RecordedRun.definition(), traces);

    assertThat(verdicts).hasSizeGreaterThan(2 * SEEDS).allMatch(Verdict::isAccepted);
  }

  @Test
  void givenTracesThatWereChanged_whenTheyAreChecked_thenNoneIsABehaviourOfTheModel() {
    List<List<TraceEvent>> corrupted = new ArrayList<>();
    for (Corruption corruption : Corruption.values()) {
      corrupted.addAll(three(corruption));
    }

    List<Verdict> verdicts = TraceCheck.check("corrupted", RecordedRun.definition(), corrupted);

    assertThat(verdicts).hasSize(3 * Corruption.values().length).noneMatch(Verdict::isAccepted);
  }

  private static List<List<TraceEvent>> three(Corruption corruption) {
    return TRACES.stream().flatMap(trace -> corruption.of(trace).stream()).limit(3).toList();
  }

  @Test
  void givenAStoreThatHidesOrphans_whenTracesAreChecked_thenTheEngineIsSeenToGoWrong() {
    List<List<TraceEvent>> traces =
        seeds().flatMap(s -> RecordedRun.traces(s, OrphanHidingStore::around).stream()).toList();

    List<Verdict> verdicts = TraceCheck.check("orphans-hidden", RecordedRun.definition(), traces);

    assertThat(verdicts)
        .filteredOn(verdict -> !verdict.isAccepted())
        .isNotEmpty()
        .allMatch(TraceTest::hasTakenAnOrphan);
  }

  /** Nothing else may look wrong. */
  private static boolean hasTakenAnOrphan(Verdict verdict) {
    return verdict.trace().subList(0, verdict.reached()).stream()
        .anyMatch(event -> event instanceof TraceEvent.Claimed claimed && claimed.orphaned());
  }

  /** Otherwise the traces would say little. */
  @Test
  void givenTheEngineUnderFaults_whenItsTracesAreRead_thenTheyTellOfEverythingThatCanBeSeen() {
    List<String> told =
        TRACES.stream().flatMap(List::stream).map(TraceTest::kind).distinct().toList();

    assertThat(told)
        .contains("Started", "Claimed", "Claimed orphan", "Evicted", "Left", "Handled", "Called")
        .contains("COMPLETED", "COMPENSATED", "STUCK_FORWARD", "STUCK_BACKWARD");
  }

  private static String kind(TraceEvent event) {
    if (event instanceof TraceEvent.Committed committed) {
      return committed.state().status();
    }
    boolean orphan = event instanceof TraceEvent.Claimed claimed && claimed.orphaned();
    return event.getClass().getSimpleName() + (orphan ? " orphan" : "");
  }

  private static Stream<Long> seeds() {
    return LongStream.rangeClosed(1, SEEDS).boxed();
  }
}
