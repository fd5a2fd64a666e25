package io.sagaflow.chaos;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Start sagas at any node that answers, as long as there is room for more. */
final class Clients {

  private static final int THREADS = 6;
  private static final int TRIES = 40;
  private static final int PAUSE_MILLIS = 50;
  private static final double REPEATED = 0.05;
  private static final double SIGNALLED_AT_ONCE = 0.85;
  private static final double REJECTED = 0.2;

  private static final List<String> DEFINITIONS =
      List.of("order v1", "order v2", "trip v1", "delivery v1", "transfer v1", "order v1");

  private final List<NodeSlot> nodes;
  private final Acknowledged acknowledged;
  private final Room room;
  private final AtomicBoolean open = new AtomicBoolean(true);
  private final AtomicLong keys = new AtomicLong();
  private final AtomicLong started = new AtomicLong();
  private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();
  private volatile String lastRefusal = "";
  private final ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();

  /** Says whether one more saga may be started. */
  @FunctionalInterface
  interface Room {

    boolean forOneMore();
  }

  Clients(List<NodeSlot> nodes, Acknowledged acknowledged, Room room) {
    this.nodes = nodes;
    this.acknowledged = acknowledged;
    this.room = room;
  }

  void start(SplittableRandom random) {
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom own = random.split();
      Thread thread = new Thread(() -> run(own), "client-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  long started() {
    return started.get();
  }

  /** Why a node didn't do what it was asked, the last time; that is normal in chaos. */
  String lastRefusal() {
    return lastRefusal;
  }

  /** What clients saw that can't be. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  private void run(SplittableRandom random) {
    try {
      while (open.get()) {
        if (room.forOneMore()) {
          String definition = DEFINITIONS.get(random.nextInt(DEFINITIONS.size()));
          place(definition, fate(definition, random), random);
        } else {
          Await.pause(PAUSE_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      complaints.add("a client can't go on: " + e);
    }
  }

  private static Fate fate(String definition, SplittableRandom random) {
    double roll = random.nextDouble();
    if (definition.startsWith("delivery")) {
      return roll < SIGNALLED_AT_ONCE ? Fate.WILLING : Fate.UNANSWERED;
    }
    return roll < REJECTED ? Fate.REJECTED : Fate.WILLING;
  }

  /** Starts a saga, at one node after the other. Answers its id once that was acknowledged. */
  Optional<UUID> place(String definition, Fate fate, SplittableRandom random)
      throws IOException, InterruptedException {
    Job job = new Job("job-" + keys.incrementAndGet(), fate.name());
    Optional<UUID> id = startSomewhere(definition, job, random);
    if (id.isPresent()) {
      acknowledged.add(id.get(), definition, job);
      started.incrementAndGet();
      if (definition.startsWith("delivery") && fate == Fate.WILLING) {
        signal(id.get(), random);
      }
      if (random.nextDouble() < REPEATED) {
        repeat(id.get(), definition, job, random);
      }
    }
    return id;
  }

  private void repeat(UUID id, String definition, Job job, SplittableRandom random)
      throws InterruptedException {
    Optional<UUID> again = startSomewhere(definition, job, random);
    if (again.isPresent() && !again.get().equals(id)) {
      complaints.add("key " + job.key() + " has sagas " + id + " and " + again.get());
    }
  }

  private Optional<UUID> startSomewhere(String definition, Job job, SplittableRandom random)
      throws InterruptedException {
    String path =
        "/start?definition="
            + Http.encode(definition)
            + "&key="
            + job.key()
            + "&fate="
            + job.fate();
    return ask(path, random).map(answer -> UUID.fromString(answer.text()));
  }

  private void signal(UUID saga, SplittableRandom random) throws InterruptedException {
    Optional<Http.Answer> unused = ask("/signal?saga=" + saga, random); // lost: it times out
  }

  private Optional<Http.Answer> ask(String path, SplittableRandom random)
      throws InterruptedException {
    for (int i = 0; i < TRIES && open.get(); i++) {
      Http.Answer answer = nodes.get(random.nextInt(nodes.size())).ask(path);
      if (answer.isGood()) {
        return Optional.of(answer);
      }
      lastRefusal = answer.text();
      Await.pause(PAUSE_MILLIS);
    }
    return Optional.empty();
  }

  /** Ends after what is under way. */
  void end() throws InterruptedException {
    open.set(false);
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
