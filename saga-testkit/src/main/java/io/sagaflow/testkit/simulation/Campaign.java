package io.sagaflow.testkit.simulation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs one seed after the other, on several threads, until one fails or it is enough. Each world
 * has its thread; they share nothing but the counters here, which the monitor guards.
 */
final class Campaign {

  private final long firstSeed;
  private final AtomicLong nextSeed;
  private final Map<Marker, Long> markers = new EnumMap<>(Marker.class);
  private final Map<FaultKind, Long> faults = new EnumMap<>(FaultKind.class);
  private long sagas;
  private long runs;
  private long busyNanos;
  private @Nullable Run failure;

  private Campaign(long firstSeed) {
    this.firstSeed = firstSeed;
    this.nextSeed = new AtomicLong(firstSeed);
  }

  /**
   * Runs seeds.
   *
   * @param firstSeed the first
   * @param threads how many at a time
   * @param isEnough asked, by any thread, before each run
   * @return what came of it
   */
  static Campaign run(long firstSeed, int threads, Enough isEnough) throws InterruptedException {
    Campaign campaign = new Campaign(firstSeed);
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread thread =
          new Thread(() -> campaign.work(() -> isEnough.test(campaign)), "simulation-" + i);
      thread.start();
      all.add(thread);
    }
    for (Thread thread : all) {
      thread.join();
    }
    return campaign;
  }

  /** Says when a campaign is to end. */
  interface Enough {
    boolean test(Campaign soFar);
  }

  private void work(BooleanSupplier isEnough) {
    while (failure() == null && !isEnough.getAsBoolean()) {
      long began = System.nanoTime();
      Run run = Simulation.run(Settings.of(nextSeed.getAndIncrement()));
      add(run, System.nanoTime() - began);
    }
  }

  private synchronized void add(Run run, long nanos) {
    runs++;
    sagas += run.sagas();
    busyNanos += nanos;
    for (Marker marker : Marker.values()) {
      markers.merge(marker, run.markers().hits(marker), Long::sum);
    }
    for (FaultKind kind : FaultKind.values()) {
      faults.merge(kind, run.faults().struck(kind), Long::sum);
    }
    boolean earlier = failure == null || run.settings().seed() < failure.settings().seed();
    if (run.failed() && earlier) {
      failure = run;
    }
  }

  synchronized @Nullable Run failure() {
    return failure;
  }

  synchronized long sagas() {
    return sagas;
  }

  synchronized long hits(Marker marker) {
    return markers.getOrDefault(marker, 0L);
  }

  synchronized long strikes(FaultKind kind) {
    return faults.getOrDefault(kind, 0L);
  }

  /** A sentence with the figures. */
  synchronized String summary() {
    double seconds = busyNanos / 1e9;
    return String.format(
        "%,d sagas in %,d runs from seed %d on; %.1f thread-seconds: %,.0f sagas a second and thread",
        sagas, runs, firstSeed, seconds, sagas / Math.max(seconds, 1e-9));
  }

  /** How often what was seen, as a Markdown table. */
  synchronized String table() {
    StringBuilder text = new StringBuilder("| moment | seen |\n|---|---|\n");
    markers.forEach((marker, count) -> text.append(row(words(marker), count)));
    text.append("\n| fault | struck |\n|---|---|\n");
    faults.forEach((kind, count) -> text.append(row(words(kind), count)));
    return text.toString();
  }

  private static String words(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String row(String what, long count) {
    return String.format("| %s | %,d |%n", what, count);
  }
}
