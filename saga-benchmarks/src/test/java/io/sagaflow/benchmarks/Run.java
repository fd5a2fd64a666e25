package io.sagaflow.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;

/** What a run of the command line left: its exit code and what it wrote. */
record Run(int exitCode, String out, String err) {

  static Run of(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    int exitCode = Main.run(console, args);
    return new Run(exitCode, out.toString(UTF_8), err.toString(UTF_8));
  }

  /** Reads the last line. */
  JsonNode json() {
    List<String> lines = out.lines().toList();
    try {
      return JsonMapper.builder().build().readTree(lines.get(lines.size() - 1));
    } catch (IOException e) {
      throw new UncheckedIOException("The last line is no JSON object: " + this, e);
    }
  }
}
