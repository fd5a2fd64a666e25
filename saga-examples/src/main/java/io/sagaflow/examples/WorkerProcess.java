package io.sagaflow.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link Worker} as its parent sees it: a real process, which can be killed. */
final class WorkerProcess implements AutoCloseable {

  private static final int KILLED_BY_SIGKILL = 128 + 9;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(60);

  private final Process process;
  private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>(); // empty: end
  private boolean killed;

  private WorkerProcess(Process process) {
    this.process = process;
    Thread reader = new Thread(this::readAll, "worker-" + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a worker of this JVM's version, class path and log level. */
  static WorkerProcess start(String url, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.add("-D" + Main.LOG_LEVEL + "=" + System.getProperty(Main.LOG_LEVEL, "error"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Main.class.getName(), "worker"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put(Worker.URL, url); // arguments show in ps, and it has a password
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return new WorkerProcess(builder.start());
  }

  private void readAll() {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(Optional.of(line));
      }
    } catch (IOException e) {
      // killing closes the stream under the reader: that is its end too
    } finally {
      lines.add(Optional.empty());
    }
  }

  long pid() {
    return process.pid();
  }

  /**
   * Waits until the worker tells something, and answers what follows the prefix. A worker that
   * doesn't tell it is killed: it may stand still and never end by itself.
   */
  String await(String prefix, Duration timeout) throws InterruptedException {
    boolean told = false;
    try {
      String line = next(prefix, System.nanoTime() + timeout.toNanos());
      told = true;
      return line.substring(prefix.length());
    } finally {
      if (!told) {
        process.destroyForcibly();
      }
    }
  }

  private String next(String prefix, long deadline) throws InterruptedException {
    while (true) {
      Optional<String> line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null || line.isEmpty()) {
        throw new IllegalStateException(
            "The worker " + (line == null ? "is silent" : "has ended") + " before " + prefix);
      }
      if (line.get().startsWith(prefix)) {
        return line.get();
      }
    }
  }

  /** Waits until so many records have become durable, or all that there will be. */
  void awaitRecords(int records, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    String told = "@";
    while (!told.startsWith(Worker.DONE) && count(told) < records) {
      told = "@" + await("@", Duration.ofNanos(deadline - System.nanoTime()));
    }
  }

  private static int count(String told) {
    return told.startsWith(Worker.RECORDS)
        ? Integer.parseInt(told.substring(Worker.RECORDS.length()))
        : 0;
  }

  /**
   * Kills the process by SIGKILL: it gets no chance to do anything.
   *
   * @return when it was dead
   */
  Instant kill() throws InterruptedException {
    killed = true;
    process.destroyForcibly();
    int status = process.waitFor();
    if (status != KILLED_BY_SIGKILL) {
      throw new IllegalStateException("The worker ended with " + status + ", not by SIGKILL");
    }
    return Instant.now();
  }

  /**
   * Lets the worker hand its sagas over and end, unless it was killed.
   *
   * @throws IllegalStateException if it doesn't end, or not well
   */
  @Override
  public void close() throws IOException {
    if (killed) {
      return;
    }
    process.getOutputStream().close();
    try {
      if (!process.waitFor(CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("The worker doesn't end");
      }
      if (process.exitValue() != 0) {
        throw new IllegalStateException("The worker ended with " + process.exitValue());
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
