package io.sagaflow.benchmarks;

import java.util.List;
import java.util.Locale;

/** How numbers are written for people. */
final class Figures {

  private Figures() {}

  static String text(Object value) {
    if (value instanceof Double number) {
      return text(number.doubleValue());
    }
    return value instanceof Long || value instanceof Integer
        ? String.format(Locale.ROOT, "%,d", ((Number) value).longValue())
        : String.valueOf(value);
  }

  private static String text(double number) {
    double size = Math.abs(number);
    if (size >= 100) {
      return String.format(Locale.ROOT, "%,.0f", number);
    }
    return String.format(Locale.ROOT, size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.4f", number);
  }

  /** Four digits are more than was measured; the rest would only be noise in files. */
  static double rounded(double number) {
    if (number == 0 || Double.isNaN(number) || Double.isInfinite(number)) {
      return number;
    }
    double scale = Math.pow(10, 4 - Math.ceil(Math.log10(Math.abs(number))));
    return scale > 1 ? Math.round(number * scale) / scale : Math.round(number);
  }

  static double median(List<Double> numbers) {
    double[] sorted = numbers.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
