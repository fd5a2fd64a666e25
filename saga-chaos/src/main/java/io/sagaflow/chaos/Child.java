package io.sagaflow.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A JVM of the suite: it says when it is ready, and ends when its standard input does. */
final class Child implements AutoCloseable {

  /** Followed by the port at which it listens. */
  static final String READY = "@ready ";

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final String name;
  private final Process process;
  private final CompletableFuture<Integer> port = new CompletableFuture<>();

  private Child(String name, Process process) {
    this.name = name;
    this.process = process;
    Thread reader = new Thread(this::readAll, "reads-" + name);
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a command of this very program; what it logs is appended to a file of its name. */
  static Child start(String name, Path directory, List<String> arguments) throws IOException {
    return start(name, directory, List.of(), arguments);
  }

  /** Starts a command of this very program with more options for its JVM. */
  static Child start(String name, Path directory, List<String> options, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-XX:+ExitOnOutOfMemoryError", "-Xshare:auto"));
    command.addAll(options);
    command.add("-Dorg.slf4j.simpleLogger.showDateTime=true");
    command.add("-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS");
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments);
    ProcessBuilder.Redirect log =
        ProcessBuilder.Redirect.appendTo(directory.resolve(name + ".log").toFile());
    Process process = new ProcessBuilder(command).redirectError(log).start();
    Thread last = new Thread(process::destroyForcibly, "ends-" + name); // one that is stopped, too
    Runtime.getRuntime().addShutdownHook(last);
    return new Child(name, process);
  }

  private void readAll() {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith(READY)) {
          port.complete(Integer.valueOf(line.substring(READY.length())));
        }
      }
    } catch (IOException e) {
      // killing closes the stream under the reader: that is its end too
    } finally {
      port.completeExceptionally(new IllegalStateException(name + " has ended"));
    }
  }

  int awaitPort() throws InterruptedException {
    try {
      return port.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(name + " doesn't get ready: see " + name + ".log", e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL: it gets no chance to do anything. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** SIGTERM; SIGKILL if that takes too long. */
  void terminate(Duration patience) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      kill();
    }
  }

  /** Lets it end as it does when its parent is gone. */
  void end() throws IOException, InterruptedException {
    process.getOutputStream().close();
    boolean unused = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  void stop() throws IOException, InterruptedException {
    signal("STOP");
  }

  void goOn() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  @Override
  public void close() {
    kill();
  }
}
