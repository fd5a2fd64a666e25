package io.sagaflow.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The suite's command line. */
@Command(
    name = "saga-chaos",
    mixinStandardHelpOptions = true,
    version = "Sagaflow chaos",
    description = {
      "Runs coordinators, participants and clients in processes of their own, kills and cuts off",
      "what it can, and has an auditor that shares no code with the library look at every saga."
    },
    footer = {
      "",
      "Exit code 0: every invariant held, and every kind of fault was done. 1: not so.",
      "2: the arguments or the machine are not usable."
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
    commands.addSubcommand(new RunCommand(console));
    commands.addSubcommand(new NodeCommand(console.out()));
    commands.addSubcommand(new ParticipantsCommand(console.out()));
    commands.setOut(new PrintWriter(console.out(), true, UTF_8));
    commands.setErr(new PrintWriter(console.err(), true, UTF_8));
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

  /** A child ends with its parent, who holds its standard input open. */
  static void awaitEndOfInput() throws IOException {
    while (System.in.read() >= 0) {
      // the parent says nothing, and then goes or lets us go
    }
  }
}
