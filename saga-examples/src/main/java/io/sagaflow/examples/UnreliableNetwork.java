package io.sagaflow.examples;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Loses requests, loses answers, and now and then delays one beyond any patience. A late request is
 * the worst: the caller has given it up, perhaps compensated it already, when the participant gets
 * it.
 */
final class UnreliableNetwork implements Network {

  private static final int CARRIERS = 4;
  private static final int UNDER_WAY = 1_000; // the limit of late requests; more of them get lost
  private static final Duration LATE_ANSWER = Duration.ofSeconds(4);
  private static final int LATEST_REQUEST_MILLIS = 2_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Supplier<Fate> fates;
  private final Supplier<Duration> lateness;
  private final ScheduledThreadPoolExecutor carriers;

  /** What becomes of a call. */
  enum Fate {
    LOST_REQUEST,
    LATE_REQUEST,
    LOST_ANSWER,
    LATE_ANSWER,
    DELIVERED
  }

  UnreliableNetwork(long seed) {
    this(new Dice(seed));
  }

  private UnreliableNetwork(Dice dice) {
    this(dice::fate, dice::lateness);
  }

  UnreliableNetwork(Supplier<Fate> fates, Supplier<Duration> lateness) {
    this.fates = fates;
    this.lateness = lateness;
    this.carriers = new ScheduledThreadPoolExecutor(CARRIERS, UnreliableNetwork::carrier);
  }

  private static Thread carrier(Runnable work) {
    Thread thread = new Thread(work, "late-requests");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public <T> T call(Request request, Answer<T> participant) throws Exception {
    return switch (fates.get()) {
      case LOST_REQUEST -> throw lost(request);
      case LATE_REQUEST -> {
        carryLater(request, participant);
        throw new SocketTimeoutException("no answer to " + request.operation() + ", it is late");
      }
      case LOST_ANSWER -> {
        participant.answer();
        throw new SocketTimeoutException("the answer to " + request.operation() + " got lost");
      }
      case LATE_ANSWER -> {
        T answer = participant.answer();
        Thread.sleep(LATE_ANSWER.toMillis());
        yield answer;
      }
      case DELIVERED -> participant.answer();
    };
  }

  private static ConnectException lost(Request request) {
    return new ConnectException("the request to " + request.operation() + " got lost");
  }

  private void carryLater(Request request, Answer<?> participant) throws ConnectException {
    if (carriers.getQueue().size() >= UNDER_WAY) {
      throw lost(request);
    }
    try {
      ScheduledFuture<?> unused =
          carriers.schedule(
              () -> carry(participant), lateness.get().toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      throw lost(request); // the network is closed
    }
  }

  private static void carry(Answer<?> participant) {
    try {
      participant.answer();
    } catch (Exception e) {
      // "Too late", sold out, declined: nobody is there any more to be told
    }
  }

  @Override
  public void close() {
    carriers.shutdown(); // what is scheduled still runs
    try {
      if (!carriers.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("Late requests don't arrive");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Chance that can be repeated. */
  private static final class Dice {

    private static final double LOST_REQUESTS = 0.03;
    private static final double LATE_REQUESTS = LOST_REQUESTS + 0.02;
    private static final double LOST_ANSWERS = LATE_REQUESTS + 0.03;
    private static final double LATE_ANSWERS = LOST_ANSWERS + 0.005;

    private final SplittableRandom random; // guarded by this

    Dice(long seed) {
      this.random = new SplittableRandom(seed);
    }

    synchronized Fate fate() {
      double roll = random.nextDouble();
      if (roll < LOST_REQUESTS) {
        return Fate.LOST_REQUEST;
      }
      if (roll < LATE_REQUESTS) {
        return Fate.LATE_REQUEST;
      }
      if (roll < LOST_ANSWERS) {
        return Fate.LOST_ANSWER;
      }
      return roll < LATE_ANSWERS ? Fate.LATE_ANSWER : Fate.DELIVERED;
    }

    synchronized Duration lateness() {
      return Duration.ofMillis(random.nextInt(LATEST_REQUEST_MILLIS));
    }
  }
}
