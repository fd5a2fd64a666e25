package io.sagaflow.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An axis of a chart.
 *
 * @param title what it shows, with the unit
 * @param logarithmic whether equal distances are equal factors; zero then lies at its left end
 * @param least where it begins
 * @param most where it ends
 * @param ticks the numbers that it names
 */
record Axis(String title, boolean logarithmic, double least, double most, List<Double> ticks) {

  private static final double[] ROUND = {1, 2, 5, 10};
  private static final int TICKS = 5;

  Axis {
    ticks = List.copyOf(ticks);
  }

  /** An axis from zero to a round number beyond the values. */
  static Axis linear(String title, List<Double> values) {
    double largest = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
    double step = roundStep(Math.max(largest, 1e-9) / TICKS);
    double most = Math.ceil(largest / step) * step;
    List<Double> ticks = new ArrayList<>();
    for (int i = 0; i * step <= most + step / 2; i++) {
      ticks.add(i * step);
    }
    return new Axis(title, false, 0, Math.max(most, step), ticks);
  }

  /** An axis that names each of the values. */
  static Axis logarithmic(String title, List<Double> values) {
    List<Double> ticks = values.stream().distinct().sorted().toList();
    double least = ticks.stream().filter(tick -> tick > 0).findFirst().orElse(1.0);
    boolean hasZero = ticks.stream().anyMatch(tick -> tick <= 0);
    double most = Math.max(ticks.isEmpty() ? 1 : ticks.get(ticks.size() - 1), least * 2);
    return new Axis(title, true, hasZero ? least / 10 : least, most, ticks);
  }

  private static double roundStep(double step) {
    double power = Math.pow(10, Math.floor(Math.log10(step)));
    for (double round : ROUND) {
      if (round * power >= step * (1 - 1e-9)) {
        return round * power;
      }
    }
    return 10 * power;
  }

  /** Returns where a value lies, from 0 to 1. */
  double place(double value) {
    if (!logarithmic) {
      return (value - least) / (most - least);
    }
    double bounded = Math.max(value, least);
    return Math.log(bounded / least) / Math.log(most / least);
  }

  static String label(double tick) {
    if (tick >= 1e6) {
      return trimmed(tick / 1e6) + "M";
    }
    return tick >= 1e4 ? trimmed(tick / 1e3) + "k" : trimmed(tick);
  }

  private static String trimmed(double number) {
    return number == Math.rint(number)
        ? String.format(Locale.ROOT, "%.0f", number)
        : String.format(Locale.ROOT, "%.4g", number).replaceAll("0+$", "");
  }
}
