package io.sagaflow.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a command has measured, under which parameters, on what: for people as tables, for programs
 * as one JSON object. Keys end in their unit. Mutable, for one thread.
 */
final class Report {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String command;
  private final Map<String, Object> parameters = new LinkedHashMap<>();
  private final Map<String, Object> figures = new LinkedHashMap<>();
  private final List<Table> tables = new ArrayList<>();
  private @Nullable ServerSettings server;

  Report(String command) {
    this.command = command;
  }

  Report parameter(String key, @Nullable Object value) {
    if (value != null) {
      parameters.put(key, value instanceof Enum<?> ? value.toString() : value);
    }
    return this;
  }

  Report figure(String key, double value) {
    figures.put(key, Figures.rounded(value));
    return this;
  }

  Report figure(String key, long value) {
    figures.put(key, value);
    return this;
  }

  /** Adds a table for people only, as of the single rounds. */
  Report table(Table table) {
    tables.add(table);
    return this;
  }

  Report server(ServerSettings settings) {
    this.server = settings;
    return this;
  }

  void print(PrintStream out, boolean json) {
    out.println(text());
    if (json) {
      out.println(json());
    }
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(System.lineSeparator()).append(command);
    parameters.forEach(
        (key, value) -> text.append(", ").append(label(key)).append(' ').append(value));
    text.append(System.lineSeparator());
    Versions.all(server)
        .forEach((key, value) -> text.append(key).append(' ').append(value).append("; "));
    if (server != null) {
      server
          .inOrder()
          .forEach((key, value) -> text.append(key).append(' ').append(value).append(", "));
    }
    text.append(System.lineSeparator());
    for (Table table : tables) {
      text.append(System.lineSeparator()).append(table.print());
    }
    Table table = new Table();
    figures.forEach((key, value) -> table.row(label(key), Figures.text(value)));
    return text.append(System.lineSeparator()).append(table.print()).toString();
  }

  String json() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("command", command);
    all.putAll(parameters);
    all.putAll(figures);
    all.put("versions", Versions.all(server));
    if (server != null) {
      all.put("postgresql_settings", server.inOrder());
    }
    try {
      return JSON.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A report can't be written", e);
    }
  }

  private static String label(String key) {
    return key.replace('_', ' ');
  }
}
