package io.sagaflow.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The one command for people. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Runs chaos for a time, and audits it.",
    footer = {
      "",
      "Needs Linux, and as root the command unshare (util-linux): PostgreSQL refuses to run as root."
    })
final class RunCommand implements Callable<Integer> {

  @Option(
      names = "--seconds",
      defaultValue = "60",
      description = "How long sagas are started, at least 20; default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--seed",
      description = "Decides faults, clients and participants; default: by the clock")
  private @Nullable Long seed;

  @Option(
      names = "--nodes",
      defaultValue = "3",
      description = "How many coordinators, 3 to 5; default ${DEFAULT-VALUE}")
  private int nodes;

  @Option(
      names = "--lease-millis",
      defaultValue = "2000",
      description = "Their lease, at least 500; default ${DEFAULT-VALUE}")
  private long leaseMillis;

  @Option(
      names = "--in-flight",
      defaultValue = "48",
      description = "How many sagas are kept in flight; default ${DEFAULT-VALUE}")
  private int inFlight;

  @Option(
      names = "--postgres",
      defaultValue = "18",
      description = "The version of PostgreSQL, 14 or 18; default ${DEFAULT-VALUE}")
  private String postgres = "";

  @Option(
      names = "--pooler",
      description = "The nodes reach the database through PgBouncer in transaction mode")
  private boolean pooler;

  @Option(
      names = "--standby",
      description = "The database has a synchronous standby, which is promoted now and then")
  private boolean standby;

  @Option(
      names = "--directory",
      description = "Where logs, data and the acknowledged starts go; default: a new one in /tmp")
  private @Nullable Path directory;

  @Option(names = "--json", description = "Print only the line of JSON, not the table")
  private boolean json;

  private final Console console;

  RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    long chosen = seed == null ? System.currentTimeMillis() : seed;
    Topology topology = new Topology(PostgresVersion.of(postgres), pooler, standby);
    Options options =
        new Options(
            seconds,
            chosen,
            nodes,
            Duration.ofMillis(leaseMillis),
            inFlight,
            place(directory),
            topology);
    console.err().println("--seed " + chosen + ", working directory " + options.directory());
    Report report = new Chaos(options, console.err()).run();
    if (!json) {
      report.print(console.out());
    }
    console.out().println(report.json());
    console.err().println("kept for analysis: " + options.directory());
    return report.isGood() ? 0 : 1;
  }

  private static Path place(@Nullable Path directory) throws IOException {
    if (directory == null) {
      return Files.createTempDirectory("saga-chaos-");
    }
    Files.createDirectories(directory);
    try (var content = Files.list(directory)) {
      if (content.findAny().isPresent()) {
        throw new NotUsableException("--directory has to be empty: " + directory);
      }
    }
    return directory.toAbsolutePath();
  }
}
