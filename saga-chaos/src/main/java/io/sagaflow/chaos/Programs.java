package io.sagaflow.chaos;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Starts programs that refuse to run as root, whoever we are. */
final class Programs {

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

  /** Ends a program and all that it has started by SIGKILL. */
  static void kill(Process process) {
    ProcessHandle first = process.toHandle();
    List<ProcessHandle> children = first.descendants().toList();
    first.destroyForcibly(); // first: it would end its children in order otherwise
    children.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
    children.forEach(child -> child.onExit().join());
  }
}
