package io.sagaflow.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The JSON objects that commands have printed, read back from files. */
final class Results {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final List<JsonNode> all = new ArrayList<>();

  /** Reads the lines that are JSON objects; the tables around them are passed over. */
  static Results read(List<Path> files) {
    Results results = new Results();
    for (Path file : files) {
      results.read(file);
    }
    if (results.all.isEmpty()) {
      throw new NotUsableException(
          "There is no result in " + files + ": write there what a command prints with --json");
    }
    return results;
  }

  private void read(Path file) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith("{")) {
          all.add(JSON.readTree(line));
        }
      }
    } catch (JsonProcessingException e) {
      throw new NotUsableException(file + " has a line that is no JSON object", e);
    } catch (IOException e) {
      throw new NotUsableException(file + " can't be read: " + e, e);
    }
  }

  /**
   * Makes lines of the results of a command, one for each name.
   *
   * @param command whose results
   * @param name tells to which line a result belongs
   * @param x the key of what lies below
   * @param y the key of what is shown
   */
  List<Series> series(String command, Function<JsonNode, String> name, String x, String y) {
    Map<String, List<Series.Point>> points = new LinkedHashMap<>();
    for (JsonNode result : all) {
      if (command.equals(result.path("command").asText()) && result.has(x) && result.has(y)) {
        points
            .computeIfAbsent(name.apply(result), key -> new ArrayList<>())
            .add(new Series.Point(result.get(x).asDouble(), result.get(y).asDouble()));
      }
    }
    List<Series> series = new ArrayList<>();
    points.forEach((key, list) -> series.add(Series.ofMedians(key, list)));
    return series;
  }
}
