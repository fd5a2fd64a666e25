package io.sagaflow.chaos;

import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Does one fault after another with each of its hands, of which there is one less than there are
 * nodes: first every kind once, in an order that the seed decides, then kinds by their weight. A
 * node has one fault at a time.
 */
final class Nemesis {

  private static final int TRIES = 6;
  private static final int LONGEST_REST_MILLIS = 400;

  private final List<NodeSlot> nodes;
  private final Strikes strikes;
  private final PrintStream log;
  private final SplittableRandom random; // guarded by this
  private final List<Fault> untried; // guarded by this
  private final Map<Fault, Integer> fired = new EnumMap<>(Fault.class); // guarded by this
  private final AtomicBoolean open = new AtomicBoolean(true);
  private final List<Thread> threads = new ArrayList<>();

  Nemesis(List<NodeSlot> nodes, Strikes strikes, SplittableRandom random, PrintStream log) {
    this.nodes = nodes;
    this.strikes = strikes;
    this.log = log;
    this.random = random;
    this.untried = new ArrayList<>(strikes.kinds());
    Collections.shuffle(untried, new Random(random.nextLong()));
  }

  /** What is done next, with a source of its own, so that hands don't disturb one another. */
  private record Order(Fault fault, SplittableRandom random) {}

  void start() {
    for (int i = 0; i < nodes.size() - 1; i++) {
      Thread thread = new Thread(this::run, "nemesis-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  /** Whether every kind has had its turn. */
  synchronized boolean hasDoneAll() {
    return fired.keySet().containsAll(strikes.kinds());
  }

  synchronized Map<Fault, Integer> fired() {
    Map<Fault, Integer> all = new EnumMap<>(Fault.class);
    for (Fault fault : strikes.kinds()) {
      all.put(fault, fired.getOrDefault(fault, 0));
    }
    return all;
  }

  /** What it has done so far, for the line of progress. */
  synchronized String summary() {
    int zombies = of(Fault.PAUSE_NODE) + of(Fault.PAUSE_NODE_IN_APPEND);
    int databases = of(Fault.KILL_DATABASE) + of(Fault.PROMOTE_STANDBY);
    int all = fired.values().stream().mapToInt(Integer::intValue).sum();
    return "%d kills, %d zombies (%d in an append), %d database kills, %d other faults"
        .formatted(
            of(Fault.KILL_NODE),
            zombies,
            of(Fault.PAUSE_NODE_IN_APPEND),
            databases,
            all - of(Fault.KILL_NODE) - zombies - databases);
  }

  private synchronized int of(Fault fault) {
    return fired.getOrDefault(fault, 0);
  }

  private void run() {
    try {
      while (open.get()) {
        Order order = next();
        strike(order);
        Await.pause(order.random().nextInt(LONGEST_REST_MILLIS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Order next() {
    Fault fault = untried.isEmpty() ? byWeight() : untried.remove(0);
    return new Order(fault, random.split());
  }

  private Fault byWeight() {
    List<Fault> weighted = new ArrayList<>();
    for (Fault fault : strikes.kinds()) {
      weighted.addAll(Collections.nCopies(fault.weight(), fault));
    }
    return weighted.get(random.nextInt(weighted.size()));
  }

  private void strike(Order order) throws InterruptedException {
    for (int i = 0; i < TRIES && open.get(); i++) {
      NodeSlot node = nodes.get(order.random().nextInt(nodes.size()));
      if (node.lock().tryLock()) {
        try {
          if (struck(order, node)) {
            return;
          }
        } finally {
          node.lock().unlock();
        }
      }
      Await.pause(50);
    }
    again(order.fault());
  }

  private boolean struck(Order order, NodeSlot node) throws InterruptedException {
    log.println(Instant.now() + " " + order.fault() + " " + node.name());
    try {
      boolean struck = strikes.of(order.fault()).strike(node, order.random());
      log.println(Instant.now() + " " + order.fault() + (struck ? " done" : " missed"));
      if (struck) {
        count(order.fault());
      }
      return struck;
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      log.println(Instant.now() + " " + order.fault() + " failed: " + e);
      return false;
    }
  }

  private synchronized void count(Fault fault) {
    fired.merge(fault, 1, Integer::sum);
  }

  /** What was missed is tried again later, as long as it never came off. */
  private synchronized void again(Fault fault) {
    if (!fired.containsKey(fault)) {
      untried.add(fault);
    }
  }

  /** Ends after what is under way. */
  void rest() throws InterruptedException {
    open.set(false);
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
