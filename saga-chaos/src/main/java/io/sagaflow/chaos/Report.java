package io.sagaflow.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a run came out.
 *
 * @param figures what was measured, by name, in order
 * @param faults how often each kind of fault was done
 * @param violations what must not be, and was
 */
record Report(Map<String, Object> figures, Map<String, Long> faults, List<String> violations) {

  private static final int MOST_SHOWN = 20;

  /** The kinds that should have fired, and never did. */
  List<String> missing() {
    return faults.entrySet().stream()
        .filter(fault -> fault.getValue() == 0)
        .map(Map.Entry::getKey)
        .toList();
  }

  boolean isGood() {
    return violations.isEmpty() && missing().isEmpty();
  }

  void print(PrintStream out) {
    figures.forEach((name, value) -> out.printf(Locale.ROOT, "| %-34s | %14s |%n", name, value));
    faults.forEach(
        (name, count) -> out.printf(Locale.ROOT, "| fault: %-27s | %14d |%n", name, count));
    out.printf(Locale.ROOT, "| %-34s | %14d |%n", "violations", violations.size());
    violations.stream()
        .limit(MOST_SHOWN)
        .forEach(violation -> out.println("VIOLATION " + violation));
    missing().forEach(fault -> out.println("NEVER FIRED: " + fault));
  }

  String json() {
    Map<String, Object> all = new LinkedHashMap<>(figures);
    all.put("faults", faults);
    all.put("violations", violations.size());
    all.put("good", isGood());
    try {
      return new ObjectMapper().writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Numbers and texts can't be written as JSON", e);
    }
  }
}
