package io.sagaflow.benchmarks;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that measures on a PostgreSQL. */
@Command(mixinStandardHelpOptions = true, sortOptions = false, usageHelpAutoWidth = true)
abstract class BenchmarkCommand implements Callable<Integer> {

  @Mixin private ServerOptions serverOptions = new ServerOptions();

  @Option(names = "--json", description = "End with one line of JSON that says everything")
  private boolean json;

  final Console console;

  BenchmarkCommand(Console console) {
    this.console = console;
  }

  /** Refuses what the user gave, before a server is started. */
  abstract void check();

  abstract Report measure(Server server) throws Exception;

  @Override
  public final Integer call() throws Exception {
    check();
    try (Server server = serverOptions.connect()) {
      measure(server).server(server.settings()).print(console.out(), json);
    }
    return 0;
  }

  ClosedLoop.Progress progress(String name) {
    return new ClosedLoop.Progress(name, console.err());
  }
}
