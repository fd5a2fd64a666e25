package io.sagaflow.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sagaflow.chaos.audit.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** What clients were told, in a file that is forced to the disk before they believe it. */
final class Acknowledged implements AutoCloseable {

  private final Path path;
  private final FileChannel file; // guarded by this

  Acknowledged(Path directory) throws IOException {
    path = directory.resolve("acknowledged.txt");
    file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  synchronized void add(UUID saga, String definition, Job job) throws IOException {
    String line = String.join("\t", saga.toString(), definition, job.key(), job.fate()) + "\n";
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(UTF_8));
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
    file.force(false);
  }

  /** Reads the file again: nothing but what is in it counts. */
  Map<UUID, Promise> promises() throws IOException {
    Map<UUID, Promise> promises = new HashMap<>();
    for (String line : Files.readAllLines(path)) {
      String[] parts = line.split("\t", -1);
      Promise promise = new Promise(true, Fate.valueOf(parts[3]).ending());
      promises.put(UUID.fromString(parts[0]), promise);
    }
    return promises;
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
