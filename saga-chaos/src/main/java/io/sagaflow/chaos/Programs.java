package io.sagaflow.chaos;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Starts programs that refuse to run as root, whoever we are. */
final class Programs {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOOK_EVERY = Duration.ofMillis(10);

  private Programs() {}

  /** What it prints is appended to the log. */
  static Process launch(File log, List<String> command) throws IOException {
    List<String> unprivileged = new ArrayList<>();
    if (System.getProperty("user.name", "").equals("root")) {
      unprivileged.addAll(List.of("unshare", "-U")); // its user is nobody there, with our files
    }
    unprivileged.addAll(command);
    return new ProcessBuilder(unprivileged)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  /** Ends a program and all that it has started by SIGKILL, and waits until they are gone. */
  static void kill(Process process) {
    ProcessHandle first = process.toHandle();
    List<ProcessHandle> children = first.descendants().toList();
    first.destroyForcibly(); // first: it would end its children in order otherwise
    children.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!children.stream().allMatch(Programs::isGone) && System.nanoTime() < end) {
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    }
  }

  /**
   * Whether a process holds nothing any more. The JDK looks for the end of processes that aren't
   * its children every few seconds, and takes one for alive until somebody reaps it.
   */
  private static boolean isGone(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
    } catch (IOException e) {
      return true;
    }
  }
}
