package io.sagaflow.benchmarks;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The medians of several rounds.
 *
 * @param perSecond how many ended in a second
 * @param p50Millis the median latency
 * @param p99Millis the latency that one of a hundred exceeded
 * @param commits commits for each
 * @param walBytes bytes of write-ahead log for each
 */
record Comparison(
    double perSecond, double p50Millis, double p99Millis, double commits, double walBytes) {

  static Comparison of(List<LoadResult> rounds) {
    return new Comparison(
        median(rounds, LoadResult::perSecond),
        median(rounds, round -> round.latency().p50Millis()),
        median(rounds, round -> round.latency().p99Millis()),
        median(rounds, LoadResult::commitsEach),
        median(rounds, LoadResult::walBytesEach));
  }

  private static double median(List<LoadResult> rounds, ToDoubleFunction<LoadResult> figure) {
    return Figures.median(rounds.stream().map(figure::applyAsDouble).toList());
  }

  /** Shows the rounds of two side by side. */
  static Table table(String one, List<LoadResult> ones, String other, List<LoadResult> others) {
    Table table = new Table().row("round", one + " /s", "p50 ms", other + " /s", "p50 ms", "ratio");
    for (int i = 0; i < ones.size(); i++) {
      LoadResult first = ones.get(i);
      LoadResult second = others.get(i);
      table.row(
          Integer.toString(i + 1),
          Figures.text(first.perSecond()),
          Figures.text(first.latency().p50Millis()),
          Figures.text(second.perSecond()),
          Figures.text(second.latency().p50Millis()),
          Figures.text(first.perSecond() / second.perSecond()));
    }
    return table;
  }
}
