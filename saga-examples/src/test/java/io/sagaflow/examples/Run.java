package io.sagaflow.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/**
 * A run of the command line, as the user sees it.
 *
 * @param exitCode what the shell gets
 * @param out what it printed
 * @param err what it complained of
 */
record Run(int exitCode, String out, String err) {

  static Run of(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        Main.run(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), args);
    return new Run(exitCode, out.toString(UTF_8), err.toString(UTF_8));
  }
}
