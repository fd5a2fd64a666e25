package io.sagaflow.chaos;

import io.sagaflow.chaos.audit.Pause;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;

/** A node's name, its proxy, and whatever process has that name at the moment. */
final class NodeSlot implements AutoCloseable {

  private static final int STARTS = 10;
  private static final Duration GRACE = Duration.ofSeconds(15);
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final String name;
  private final Setting setting;
  private final Proxy proxy;
  private final Http http = new Http();
  private final ReentrantLock lock = new ReentrantLock(); // held while a fault is done to it
  private volatile Optional<Child> process = Optional.empty();
  private volatile OptionalInt port = OptionalInt.empty();

  /**
   * What all nodes have in common.
   *
   * @param options the run's
   * @param participants their port
   * @param pauses where it is noted when a process was stopped
   * @param url of the database at a port, for a name
   * @param archive of a node's classes
   */
  record Setting(
      Options options,
      int participants,
      List<Pause> pauses,
      BiFunction<Integer, String, String> url,
      ClassArchive archive) {}

  /**
   * How a process is set up.
   *
   * @param connections of its pool
   * @param without the definitions that it doesn't have
   */
  record Equipment(int connections, List<String> without) {

    /** Everything that the manual asks for. */
    static final Equipment FULL = new Equipment(8, List.of());
  }

  NodeSlot(String name, Setting setting, Proxy proxy) {
    this.name = name;
    this.setting = setting;
    this.proxy = proxy;
  }

  String name() {
    return name;
  }

  Proxy proxy() {
    return proxy;
  }

  ReentrantLock lock() {
    return lock;
  }

  /** Starts a process under this name; the one before it has to be gone. */
  void start(Equipment equipment) throws IOException, InterruptedException {
    Options options = setting.options();
    List<String> arguments = new ArrayList<>(List.of("node", "--name", name));
    arguments.addAll(List.of("--url", setting.url().apply(proxy.port(), name)));
    arguments.addAll(List.of("--participants", "" + setting.participants()));
    arguments.addAll(List.of("--lease-millis", "" + options.lease().toMillis()));
    arguments.addAll(List.of("--nap-millis", "" + options.nap().toMillis()));
    arguments.addAll(List.of("--pool", "" + equipment.connections()));
    if (!equipment.without().isEmpty()) {
      arguments.addAll(List.of("--without", String.join(",", equipment.without())));
    }
    process =
        Optional.of(Child.start(name, options.directory(), setting.archive().options(), arguments));
  }

  /** Has a process make the archive of classes, before there are others. */
  void rehearse() throws IOException, InterruptedException {
    if (ClassArchive.isPossible()) {
      start(Equipment.FULL);
      int unused = process.orElseThrow().awaitPort();
      process.orElseThrow().end();
    }
  }

  /** Waits until the process serves clients. Answers whether it does. */
  boolean awaitReady() throws InterruptedException {
    try {
      port = OptionalInt.of(process.orElseThrow().awaitPort());
      return true;
    } catch (IllegalStateException e) {
      return false; // it couldn't reach the database
    }
  }

  /**
   * Starts a process, again and again while it can't reach the database, as whatever looks after
   * processes does. Answers whether one serves clients.
   */
  boolean restart(Equipment equipment) throws IOException, InterruptedException {
    for (int i = 0; i < STARTS; i++) {
      start(equipment);
      if (awaitReady()) {
        return true;
      }
      kill();
    }
    return false;
  }

  boolean isAlive() {
    return process.filter(Child::isAlive).isPresent();
  }

  void kill() {
    port = OptionalInt.empty();
    if (process.isPresent()) {
      process.get().kill();
    }
  }

  void terminate() throws InterruptedException {
    port = OptionalInt.empty();
    if (process.isPresent()) {
      process.get().terminate(GRACE);
    }
  }

  /** Stops the process for as long as the work takes; then it goes on, knowing of nothing. */
  void whileStopped(Interlude interlude) throws Exception {
    Child child = process.orElseThrow();
    Instant from = Instant.now();
    child.stop();
    try {
      interlude.run();
    } finally {
      child.goOn();
      setting.pauses().add(new Pause(name, from, Instant.now()));
    }
  }

  /** What happens meanwhile. */
  @FunctionalInterface
  interface Interlude {

    void run() throws Exception;
  }

  /** Asks the process something; a failure to reach it is an answer, too. */
  Http.Answer ask(String path) throws InterruptedException {
    OptionalInt at = port;
    if (at.isEmpty()) {
      return new Http.Answer(503, "down");
    }
    try {
      return http.post(at.getAsInt(), path, Map.of(), TIMEOUT);
    } catch (IOException e) {
      return new Http.Answer(503, e.toString());
    }
  }

  @Override
  public void close() throws IOException {
    kill();
    proxy.close();
  }
}
