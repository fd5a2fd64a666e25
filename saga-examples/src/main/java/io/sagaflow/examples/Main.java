package io.sagaflow.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sagaflow.SagaException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The example's command line. */
@Command(
    name = "saga-examples",
    mixinStandardHelpOptions = true,
    version = "Sagaflow examples",
    sortOptions = false,
    description = {
      "Runs orders from order to payment on a real PostgreSQL and audits the ledgers.",
      "Without options: five orders, two of them through kill -9, told step by step."
    },
    footer = {
      "",
      "Exit code 0: everything came as it had to and the audit holds. 1: it did not.",
      "2: the arguments or the database are not usable.",
      "",
      "It works in schemas shop_* of the database, which each run replaces."
    })
final class Main implements Callable<Integer> {

  /** The level at which the library logs; the narration is enough by default. */
  static final String LOG_LEVEL = "org.slf4j.simpleLogger.log.io.sagaflow";

  private static final int NOT_USABLE = 2;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = {
        "JDBC url of a PostgreSQL of yours, with ?user=...&password=...",
        "Default: an embedded PostgreSQL, started for this run, with fsync on"
      })
  private @Nullable String url;

  @Option(
      names = "--chaos",
      description = "Kill the coordinator at a random moment, in each of several rounds")
  private boolean chaos;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "With --chaos: rounds, each with one kill; default ${DEFAULT-VALUE}")
  private int rounds = 10;

  @Option(
      names = "--sagas",
      paramLabel = "N",
      description = "With --chaos: sagas in each round; default ${DEFAULT-VALUE}")
  private int sagas = 1_000;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "With --chaos: decides orders, network and moments; default ${DEFAULT-VALUE}")
  private long seed = 1;

  @Option(
      names = "--sabotage",
      description = "Charge an order twice behind the audit's back, to see it fail (exit code 1)")
  private boolean sabotage;

  @Option(names = "--verbose", description = "Show what the library logs")
  private boolean verbose;

  private final PrintStream out;

  private Main(PrintStream out) {
    this.out = out;
  }

  /**
   * Runs the example and exits.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
    PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8);
    System.exit(run(out, err, args));
  }

  static int run(PrintStream out, PrintStream err, String... args) {
    CommandLine commands = new CommandLine(new Main(out));
    commands.addSubcommand(new Worker(out));
    commands.setOut(new PrintWriter(out, true, UTF_8));
    commands.setErr(new PrintWriter(err, true, UTF_8));
    commands.setExecutionExceptionHandler((e, line, parsed) -> explain(e, err));
    return commands.execute(args);
  }

  @Override
  public Integer call() throws Exception {
    if (verbose) {
      System.setProperty(LOG_LEVEL, "info");
    }
    try (Postgres postgres = connect()) {
      out.println("From order to payment on " + postgres.describe());
      out.println();
      return run(postgres.url()) ? 0 : 1;
    }
  }

  private Postgres connect() throws IOException {
    return url == null ? Postgres.embedded() : Postgres.at(url);
  }

  private boolean run(String at) throws Exception {
    if (chaos) {
      try (Chaos run = new Chaos(new Chaos.Options(rounds, sagas, seed), at, out)) {
        return run.run();
      }
    }
    try (Demo demo = new Demo(at, out)) {
      return demo.run(sabotage);
    }
  }

  /** Says what is wrong with what the user gave; anything else is a bug and shows its trace. */
  private static int explain(Exception failure, PrintStream err) throws Exception {
    if (failure instanceof IllegalArgumentException
        || failure instanceof SQLException
        || failure instanceof SagaException) {
      err.println(failure.getMessage());
      return NOT_USABLE;
    }
    throw failure;
  }
}
