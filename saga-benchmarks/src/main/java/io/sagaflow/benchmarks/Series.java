package io.sagaflow.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A line of a chart.
 *
 * @param name what the legend says
 * @param points from left to right
 */
record Series(String name, List<Point> points) {

  /** A point of a line. */
  record Point(double x, double y) {}

  Series {
    points = List.copyOf(points);
  }

  /** Makes a line through the medians of what was measured at each place. */
  static Series ofMedians(String name, List<Point> measured) {
    Map<Double, List<Double>> places = new TreeMap<>();
    for (Point point : measured) {
      places.computeIfAbsent(point.x(), x -> new ArrayList<>()).add(point.y());
    }
    List<Point> medians = new ArrayList<>();
    places.forEach((x, ys) -> medians.add(new Point(x, Figures.median(ys))));
    return new Series(name, medians);
  }
}
