package io.sagaflow.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShrinkerTest {

  @Test
  void givenListOfWhichTwoMatter_whenReduced_thenTheTwoAreLeft() {
    List<Integer> items = IntStream.range(0, 100).boxed().toList();

    List<Integer> reduced = Shrinker.reduce(items, rest -> rest.containsAll(Set.of(17, 80)));

    assertThat(reduced).containsExactly(17, 80);
  }

  @Test
  void givenListOfWhichNothingMatters_whenReduced_thenNothingIsLeft() {
    List<Integer> reduced = Shrinker.reduce(List.of(1, 2, 3), rest -> true);

    assertThat(reduced).isEmpty();
  }

  @Test
  void givenListOfWhichAllMatters_whenReduced_thenAllIsLeft() {
    List<Integer> items = List.of(1, 2, 3);

    List<Integer> reduced = Shrinker.reduce(items, items::equals);

    assertThat(reduced).isEqualTo(items);
  }

  @Test
  void givenSuppressedFaultsAndSagas_whenRun_thenTheyDoNotHappen() {
    Run whole = Simulation.run(Settings.of(3).withTimeline());
    Set<Long> faults = whole.faults().ids();

    Run without =
        Simulation.run(Settings.of(3).withoutFaults(faults).withoutSagas(Set.of(0)).withTimeline());

    assertThat(faults).isNotEmpty();
    assertThat(without.faults().ids()).doesNotContainAnyElementsOf(faults);
    assertThat(String.join("\n", without.lines())).doesNotContain("saga 0 ");
  }
}
