package io.sagaflow.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The benchmarks' command line. */
@Command(
    name = "saga-benchmarks",
    mixinStandardHelpOptions = true,
    version = "Sagaflow benchmarks",
    description = {
      "Measures Sagaflow on a real PostgreSQL whose commits are durable; it refuses to with fsync",
      "or synchronous_commit off. Progress is shown on stderr, results on stdout."
    },
    footer = {
      "",
      "Exit code 0: measured. 1: what was measured failed. 2: the arguments or the database are",
      "not usable."
    })
final class Main {

  private static final int NOT_USABLE = 2;

  private Main() {}

  /**
   * Runs a command and exits.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
    PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8);
    System.exit(run(new Console(out, err), args));
  }

  static int run(Console console, String... args) {
    CommandLine commands = new CommandLine(new Main());
    commands.addSubcommand(new Throughput(console));
    commands.addSubcommand(new FloorCommand(console));
    commands.addSubcommand(new Baseline(console));
    commands.addSubcommand(new RecoveryCommand(console));
    commands.addSubcommand(new ParkedCommand(console));
    commands.addSubcommand(new HistoryCommand(console));
    commands.addSubcommand(new QueriesCommand(console));
    commands.addSubcommand(new MemoryCommand(console));
    commands.addSubcommand(new FormsCommand(console));
    commands.addSubcommand(new PlotCommand(console));
    commands.setOut(new PrintWriter(console.out(), true, UTF_8));
    commands.setErr(new PrintWriter(console.err(), true, UTF_8));
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setExecutionExceptionHandler((e, line, parsed) -> explain(e, console));
    if (args.length == 0) {
      commands.usage(console.err());
      return NOT_USABLE;
    }
    return commands.execute(args);
  }

  /** Says what is wrong with what the user gave; anything else shows its trace, exit code 1. */
  private static int explain(Exception failure, Console console) throws Exception {
    if (failure instanceof NotUsableException) {
      console.err().println(failure.getMessage());
      return NOT_USABLE;
    }
    throw failure;
  }
}
