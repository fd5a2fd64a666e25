package io.sagaflow.testkit.mutants;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** The seeded bugs, room by room, and the seeds that are known to show them. */
final class SeededBugs {

  private static final List<String> ROOMS = List.of("machine", "engine", "database", "simulation");

  private SeededBugs() {}

  static List<SeededBug> all() {
    List<SeededBug> all = new ArrayList<>();
    for (String room : ROOMS) {
      all.addAll(PatchReader.read(room, text(room + ".patch")));
    }
    return all;
  }

  /** A seed that has shown a bug: a hint, which a change of the simulator makes worthless. */
  static Optional<Long> foundBy(SeededBug bug) {
    return Optional.ofNullable(seeds().getProperty(bug.name())).map(Long::valueOf);
  }

  private static Properties seeds() {
    Properties seeds = new Properties();
    try (InputStream in = open("found-by.properties");
        InputStreamReader reader = new InputStreamReader(in, UTF_8)) {
      seeds.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return seeds;
  }

  private static String text(String resource) {
    try (InputStream in = open(resource)) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String resource) {
    InputStream in = SeededBugs.class.getResourceAsStream(resource);
    if (in == null) {
      throw new IllegalStateException("There is no resource " + resource);
    }
    return in;
  }
}
