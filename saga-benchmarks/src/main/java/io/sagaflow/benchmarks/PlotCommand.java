package io.sagaflow.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code plot}. */
@Command(
    name = "plot",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Draws SVG charts of results that were printed with --json: throughput and latency against the",
      "sagas in flight, of throughput (and of the hand-written sagas, of baseline), and throughput",
      "against the rows of history, of history. Of several results at one place, the median."
    })
final class PlotCommand implements Callable<Integer> {

  private static final String IN_FLIGHT = "sagas in flight";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = ".",
      description =
          "Where throughput.svg, latency.svg and history.svg go; default ${DEFAULT-VALUE}")
  private Path out = Path.of(".");

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Files of results; lines that aren't JSON objects are passed over")
  private List<Path> files = List.of();

  private final Console console;

  PlotCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Results results = Results.read(files);
    Files.createDirectories(out);
    int drawn =
        draw("throughput.svg", "Throughput", IN_FLIGHT, "sagas/s", throughput(results))
            + draw(
                "latency.svg",
                "Latency from start to durable end",
                IN_FLIGHT,
                "ms",
                latency(results))
            + draw(
                "history.svg",
                "Throughput with history",
                "journal rows",
                "sagas/s",
                history(results));
    if (drawn == 0) {
      throw new NotUsableException("There is no result of throughput, baseline or history");
    }
    return 0;
  }

  private static List<Series> throughput(Results results) {
    List<Series> lines =
        new ArrayList<>(
            results.series("throughput", PlotCommand::variant, "in_flight", "sagas_per_s"));
    lines.addAll(
        results.series(
            "baseline", result -> "hand-written", "in_flight", "hand_written_sagas_per_s"));
    return lines;
  }

  private static List<Series> latency(Results results) {
    List<Series> lines = new ArrayList<>();
    for (String percentile : List.of("p50", "p99")) {
      lines.addAll(
          results.series(
              "throughput",
              result -> percentile + ", " + variant(result),
              "in_flight",
              percentile + "_ms"));
    }
    return lines;
  }

  private static List<Series> history(Results results) {
    List<Series> lines =
        new ArrayList<>(results.series("history", result -> "with history", "rows", "sagas_per_s"));
    lines.addAll(
        results.series(
            "history", result -> "without, in the same run", "rows", "empty_sagas_per_s"));
    return lines;
  }

  private static String variant(JsonNode result) {
    StringBuilder name = new StringBuilder();
    name.append(result.path("mode").asText())
        .append(", steps ")
        .append(result.path("steps").asInt());
    name.append(", lanes ").append(result.path("lanes").asText());
    if (result.path("nodes").asInt(1) > 1) {
      name.append(", nodes ").append(result.path("nodes").asInt());
    }
    if (result.path("payload_chars").asInt(0) > 0) {
      name.append(", payload ").append(result.path("payload_chars").asInt());
    }
    return name.toString();
  }

  private int draw(String file, String title, String x, String y, List<Series> series)
      throws IOException {
    if (series.isEmpty()) {
      return 0;
    }
    Axis across = Axis.logarithmic(x, values(series, Series.Point::x));
    Axis up = Axis.linear(y, values(series, Series.Point::y));
    Files.writeString(out.resolve(file), new Chart(title, across, up, series).svg());
    console.out().println(out.resolve(file));
    return 1;
  }

  private static List<Double> values(
      List<Series> series, ToDoubleFunction<Series.Point> coordinate) {
    return series.stream()
        .flatMap(line -> line.points().stream())
        .map(coordinate::applyAsDouble)
        .toList();
  }
}
