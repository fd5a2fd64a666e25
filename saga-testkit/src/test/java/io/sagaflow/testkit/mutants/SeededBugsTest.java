package io.sagaflow.testkit.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.testkit.mutants.HuntReport.Row;
import io.sagaflow.testkit.mutants.Hunter.Found;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests the simulator: it finds every one of the mistakes that are planted here, two hunts at a
 * time. In the build the seed that has shown a bug before is tried first; with {@code
 * -Dsagaflow.soak=true} each hunt begins at seed 1, which shows how long the simulator really
 * takes; {@code -Dsagaflow.huntSeconds} gives it longer than a minute.
 */
class SeededBugsTest {

  private static final boolean SOAK = Boolean.getBoolean("sagaflow.soak");
  private static final Duration AT_MOST =
      Duration.ofSeconds(Long.getLong("sagaflow.huntSeconds", 60));
  private static final long MORE_SEEDS_THAN_TIME = 1_000_000_000;
  private static final int CORES = 2;
  private static final int FEWEST_BUGS = 25;
  private static final Path TARGET = SourceTree.ofThisBuild().root().resolve("saga-testkit/target");

  private static final ExecutorService HUNTERS = Executors.newFixedThreadPool(CORES);
  private static final Map<String, Future<Row>> ROWS = new LinkedHashMap<>();

  static List<SeededBug> bugs() {
    String only = System.getProperty("sagaflow.bug", "");
    return SeededBugs.all().stream().filter(bug -> bug.name().contains(only)).toList();
  }

  @BeforeAll
  static void huntThemAll() {
    bugs().forEach(bug -> ROWS.put(bug.name(), HUNTERS.submit(() -> hunt(bug))));
  }

  private static Row hunt(SeededBug bug) throws Exception {
    long since = System.nanoTime();
    Hunter hunter = new Hunter(InMemoryCompiler.compile(SourceTree.ofThisBuild().with(bug)));
    Optional<Found> found = Optional.empty();
    Optional<Long> known = SOAK ? Optional.empty() : SeededBugs.foundBy(bug);
    if (known.isPresent()) {
      found = hunter.hunt(known.get(), 1, AT_MOST);
    }
    if (found.isEmpty()) {
      found = hunter.hunt(1, MORE_SEEDS_THAN_TIME, AT_MOST);
    }
    return new Row(bug, found, Duration.ofNanos(System.nanoTime() - since));
  }

  @AfterAll
  static void showTheTable() throws Exception {
    HUNTERS.shutdown();
    HuntReport report = new HuntReport();
    for (Future<Row> row : ROWS.values()) {
      report.add(row.get());
    }
    report.writeTo(TARGET);
  }

  @Test
  void givenTheList_whenItsBugsAreCounted_thenTheyAreEnoughAndEachHasANameOfItsOwn() {
    List<SeededBug> all = SeededBugs.all();

    assertThat(all).hasSizeGreaterThanOrEqualTo(FEWEST_BUGS);
    assertThat(all).extracting(SeededBug::name).doesNotHaveDuplicates();
    assertThat(all).extracting(SeededBug::breaks).allMatch(breaks -> breaks.endsWith("."));
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void givenASeededBug_whenTheSimulatorHunts_thenItIsFound(SeededBug bug) throws Exception {
    Row row = ROWS.get(bug.name()).get();

    assertThat(row.found()).as("%s: %s", bug, bug.breaks()).isPresent();
  }

  /** The same seeds, loaded the same way: what was found above is the bugs' doing. */
  @Test
  void givenTheCodeAsItIs_whenTheSameSeedsAreRun_thenNothingIsFound() throws Exception {
    Hunter hunter = new Hunter(Map.of());
    for (Future<Row> row : ROWS.values()) {
      for (Found found : row.get().found().stream().toList()) {
        assertThat(hunter.hunt(found.seed(), 1, AT_MOST)).as("seed %d", found.seed()).isEmpty();
      }
    }
  }
}
