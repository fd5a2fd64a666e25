package io.sagaflow.testkit.model;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tlc2.TLC;

/**
 * Runs TLC, the model checker of TLA+, in a process of its own: it keeps its state in static
 * fields. What it writes lies below {@code target/tlc}.
 */
final class Tlc {

  /** The model, and everything that is checked of it. */
  static final Path MODEL = Path.of("..", "docs", "model").toAbsolutePath().normalize();

  private static final Path TARGET = Path.of("target", "tlc").toAbsolutePath();
  private static final Pattern DISTINCT =
      Pattern.compile("(\\d+) states generated, (\\d+) distinct states found, (\\d+) states left");
  private static final Pattern ACTION =
      Pattern.compile("<(\\w+) line \\d+, col .* of module \\w+>: (\\d+):(\\d+)");

  /** Far beyond what it takes, so that a busy machine fails no build. */
  private static final long LIMIT_SECONDS = Boolean.getBoolean("sagaflow.soak") ? 36_000 : 1_800;

  private Tlc() {}

  /** How TLC works. */
  enum Mode {
    EVERY_STATE("2", "-XX:+UseParallelGC"),

    /** Ends early. With one worker the violation is the same whenever it is run. */
    FIRST_VIOLATION("1", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1");

    private final String workers;
    private final String javaOptions;

    Mode(String workers, String javaOptions) {
      this.workers = workers;
      this.javaOptions = javaOptions;
    }
  }

  /**
   * Runs TLC.
   *
   * @param mode how it works
   * @param directory where the module and its configuration lie
   * @param module the module's name
   * @param config the configuration's path in the directory
   * @param options further options of TLC
   */
  static Run run(Mode mode, Path directory, String module, String config, String... options) {
    String name = module + "-" + config.replaceAll("\\W", "_");
    Path scratch = TARGET.resolve(name);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(mode.javaOptions.split(" ")));
    command.addAll(java(scratch));
    command.addAll(List.of("tlc2.TLC", "-workers", mode.workers));
    command.addAll(List.of("-metadir", scratch.toString(), "-config", config));
    command.addAll(List.of(options));
    command.add(module);
    try {
      deleteAll(scratch);
      Files.createDirectories(scratch);
      return execute(command, directory, TARGET.resolve(name + ".txt"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while TLC ran", e);
    }
  }

  private static List<String> java(Path scratch) {
    String jar = TLC.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    return List.of(
        "-Xmx1g",
        "-Djava.io.tmpdir=" + scratch, // it unpacks its standard modules
        "-DTLA-Library=" + MODEL,
        "-cp",
        jar);
  }

  private static Run execute(List<String> command, Path directory, Path output)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(LIMIT_SECONDS, SECONDS)) {
        throw new IllegalStateException("TLC didn't end in time; its output is in " + output);
      }
    } finally {
      process.destroyForcibly();
    }
    return new Run(process.exitValue(), Files.readString(output));
  }

  private static void deleteAll(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> paths = Files.walk(directory)) {
        for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  /** How a run went: TLC's exit status, 0 if nothing is violated, and what it printed. */
  record Run(int status, String output) {

    /** How many distinct states it saw, if it saw all. */
    long distinctStates() {
      Matcher matcher = DISTINCT.matcher(output);
      long distinct = 0;
      long left = 0;
      while (matcher.find()) { // the last counts; those before are of its progress
        distinct = Long.parseLong(matcher.group(2));
        left = Long.parseLong(matcher.group(3));
      }
      if (left > 0) {
        throw new IllegalStateException(left + " states were left");
      }
      return distinct;
    }

    /** The names of the actions that were never taken, according to {@code -coverage}. */
    List<String> untakenActions() {
      return actions().filter(action -> action.taken() == 0).map(Action::name).toList();
    }

    /** How many actions {@code -coverage} tells of. */
    long countActions() {
      return actions().map(Action::name).distinct().count();
    }

    private record Action(String name, long taken) {}

    /** The last report only: it is repeated while TLC runs. */
    private Stream<Action> actions() {
      String report = output.substring(Math.max(0, output.lastIndexOf("<Init line ")));
      return report
          .lines()
          .map(ACTION::matcher)
          .filter(Matcher::matches)
          .map(line -> new Action(Objects.requireNonNull(line.group(1)), count(line)));
    }

    private static long count(Matcher line) {
      return Long.parseLong(line.group(3));
    }
  }
}
