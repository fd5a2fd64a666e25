package io.sagaflow.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link Worker} as its parent sees it: a real process, which can be killed. */
final class WorkerProcess implements AutoCloseable {

  private static final int KILLED_BY_SIGKILL = 128 + 9;
  private static final String END = "";
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(60);

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private WorkerProcess(Process process) {
    this.process = process;
    Thread reader = new Thread(this::readAll, "worker-" + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a worker of this JVM's version, class path and system properties. */
  static WorkerProcess start(String url, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.add("-D" + Main.LOG_LEVEL + "=" + System.getProperty(Main.LOG_LEVEL, "error"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Main.class.getName(), "worker", "--url", url));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return new WorkerProcess(builder.start());
  }

  private void readAll() {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lines.add(END);
    }
  }

  long pid() {
    return process.pid();
  }

  /** Waits until the worker tells something, and answers what follows the prefix. */
  String await(String prefix, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null || line.equals(END)) {
        throw new IllegalStateException(
            "The worker " + (line == null ? "is silent" : "has ended") + " before " + prefix);
      }
      if (line.startsWith(prefix)) {
        return line.substring(prefix.length());
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
    process.destroyForcibly();
    int status = process.waitFor();
    if (status != KILLED_BY_SIGKILL) {
      throw new IllegalStateException("The worker ended with " + status + ", not by SIGKILL");
    }
    return Instant.now();
  }

  /** Lets the worker hand its sagas over and end. */
  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("The worker doesn't end");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
