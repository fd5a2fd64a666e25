package io.sagaflow.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A line chart, drawn as SVG without a script or a font of its own.
 *
 * @param title what it shows
 * @param x the axis below
 * @param y the axis to the left
 * @param series the lines
 */
record Chart(String title, Axis x, Axis y, List<Series> series) {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 420;
  private static final int LEFT = 76;
  private static final int RIGHT = 20;
  private static final int TOP = 48;
  private static final int BOTTOM = 56;
  private static final int LEGEND_LINE = 18;

  /** Told apart also without red and green (Okabe and Ito). */
  private static final List<String> COLOURS =
      List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000");

  Chart {
    series = List.copyOf(series);
  }

  String svg() {
    StringBuilder svg = new StringBuilder();
    int height = HEIGHT + LEGEND_LINE * series.size();
    line(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\"", WIDTH, height);
    line(svg, "     font-family=\"sans-serif\" font-size=\"13\">");
    line(svg, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, height);
    line(svg, "<text x=\"%d\" y=\"26\" font-size=\"16\">%s</text>", LEFT, escaped(title));
    xAxis(svg);
    yAxis(svg);
    for (int i = 0; i < series.size(); i++) {
      draw(svg, series.get(i), COLOURS.get(i % COLOURS.size()));
      legend(svg, series.get(i).name(), COLOURS.get(i % COLOURS.size()), i);
    }
    line(svg, "</svg>");
    return svg.toString();
  }

  private void xAxis(StringBuilder svg) {
    double bottom = HEIGHT - BOTTOM;
    for (double tick : x.ticks()) {
      double at = across(tick);
      line(svg, "<path d=\"M%.1f %.1fv5\" stroke=\"#000000\"/>", at, bottom);
      line(
          svg,
          "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
          at,
          bottom + 19,
          Axis.label(tick));
    }
    line(
        svg,
        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 16,
        escaped(x.title()));
  }

  private void yAxis(StringBuilder svg) {
    for (double tick : y.ticks()) {
      double at = down(tick);
      line(
          svg,
          "<path d=\"M%d %.1fH%d\" stroke=\"%s\"/>",
          LEFT,
          at,
          WIDTH - RIGHT,
          tick == 0 ? "#000000" : "#dddddd");
      line(
          svg,
          "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
          LEFT - 8,
          at + 4,
          Axis.label(tick));
    }
    line(
        svg,
        "<text transform=\"translate(18 %.1f) rotate(-90)\" text-anchor=\"middle\">%s</text>",
        (TOP + HEIGHT - BOTTOM) / 2.0,
        escaped(y.title()));
  }

  private void draw(StringBuilder svg, Series line, String colour) {
    String points =
        line.points().stream()
            .map(point -> format("%.1f,%.1f", across(point.x()), down(point.y())))
            .collect(Collectors.joining(" "));
    line(
        svg,
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
        points,
        colour);
    for (Series.Point point : line.points()) {
      line(
          svg,
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>",
          across(point.x()),
          down(point.y()),
          colour);
    }
  }

  private static void legend(StringBuilder svg, String name, String colour, int position) {
    int y = HEIGHT + LEGEND_LINE * position;
    line(svg, "<path d=\"M%d %dh24\" stroke=\"%s\" stroke-width=\"2\"/>", LEFT, y, colour);
    line(svg, "<text x=\"%d\" y=\"%d\">%s</text>", LEFT + 32, y + 4, escaped(name));
  }

  private double across(double value) {
    return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
  }

  private double down(double value) {
    return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static void line(StringBuilder svg, String pattern, Object... values) {
    svg.append(format(pattern, values)).append('\n');
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
