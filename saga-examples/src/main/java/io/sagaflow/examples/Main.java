package io.sagaflow.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.zaxxer.hikari.HikariDataSource;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.Objects;
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
      "Killing needs Linux or macOS: it is checked that the process ended by SIGKILL.",
      "",
      "It works in schemas shop_* of the database, which each run replaces."
    })
final class Main implements Callable<Integer> {

  /** The level at which the library logs; the narration is enough by default. */
  static final String LOG_LEVEL = "org.slf4j.simpleLogger.log.io.sagaflow";

  private static final int NOT_USABLE = 2;
  private static final int ROUNDS = 10;
  private static final int SAGAS = 1_000;
  private static final int SEED = 1;

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
      description = "With --chaos: rounds, each with one kill; default " + ROUNDS)
  private @Nullable Integer rounds;

  @Option(
      names = "--sagas",
      paramLabel = "N",
      description = "With --chaos: sagas in each round; default " + SAGAS)
  private @Nullable Integer sagas;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = {
        "With --chaos: decides the orders, the dice of the network and after how many records to",
        "kill; threads still interleave as they like. Default " + SEED
      })
  private @Nullable Long seed;

  @Option(
      names = "--sabotage",
      description = {
        "Charge an order twice behind the audit's back, to see it fail (exit code 1);",
        "not with --chaos"
      })
  private boolean sabotage;

  @Option(names = "--verbose", description = "Show what the library logs")
  private boolean verbose;

  private final PrintStream out;

  /** What the user gave can't be used: the message says why, and no trace is of help. */
  private static final class NotUsableException extends Exception {

    private static final long serialVersionUID = 1L;

    NotUsableException(Exception cause) {
      super(cause.getMessage(), cause);
    }
  }

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
    Chaos.Options options = usable(this::options); // before a server is started
    try (Postgres postgres = usable(this::connect)) {
      out.println("From order to payment on " + usable(postgres::describe));
      out.println();
      usable(() -> openShop(postgres.url()));
      return run(postgres.url(), options) ? 0 : 1;
    }
  }

  private Chaos.Options options() {
    if (chaos && sabotage) {
      throw new IllegalArgumentException("--sabotage doesn't go with --chaos");
    }
    if (!chaos && (rounds != null || sagas != null || seed != null)) {
      throw new IllegalArgumentException("--rounds, --sagas and --seed go only with --chaos");
    }
    return new Chaos.Options(
        Objects.requireNonNullElse(rounds, ROUNDS),
        Objects.requireNonNullElse(sagas, SAGAS),
        Objects.requireNonNullElse(seed, (long) SEED));
  }

  private static boolean openShop(String url) throws Exception {
    try (HikariDataSource dataSource = Postgres.pool(url, "opening", 1)) {
      Shop.open(dataSource);
      return true;
    }
  }

  /** Does what can fail by the user's arguments or database; what fails later is a bug. */
  private static <T> T usable(Callable<T> preparation) throws Exception {
    try {
      return preparation.call();
    } catch (IllegalArgumentException | SQLException e) {
      throw new NotUsableException(e);
    }
  }

  private Postgres connect() throws IOException {
    return url == null ? Postgres.embedded() : Postgres.at(url);
  }

  private boolean run(String at, Chaos.Options options) throws Exception {
    if (chaos) {
      try (Chaos run = new Chaos(options, at, out)) {
        return run.run();
      }
    }
    try (Demo demo = new Demo(at, out)) {
      return demo.run(sabotage);
    }
  }

  /** Says what is wrong with what the user gave; anything else shows its trace, exit code 1. */
  private static int explain(Exception failure, PrintStream err) throws Exception {
    if (failure instanceof NotUsableException) {
      err.println(failure.getMessage());
      return NOT_USABLE;
    }
    throw failure;
  }
}
