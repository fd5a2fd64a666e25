package io.sagaflow.examples;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.SplittableRandom;

/** Loses requests, loses answers, and now and then delays an answer beyond any patience. */
final class UnreliableNetwork implements Network {

  private static final double LOST_REQUESTS = 0.03;
  private static final double LOST_ANSWERS = 0.03;
  private static final double LATE_ANSWERS = 0.005;
  private static final Duration DELAY = Duration.ofSeconds(4);

  private final SplittableRandom random; // guarded by this

  UnreliableNetwork(long seed) {
    this.random = new SplittableRandom(seed);
  }

  @Override
  public <T> T call(Request request, Answer<T> participant) throws Exception {
    double fate = roll();
    if (fate < LOST_REQUESTS) {
      throw new ConnectException("the request to " + request.operation() + " got lost");
    }
    T answer = participant.answer();
    if (fate < LOST_REQUESTS + LOST_ANSWERS) {
      throw new SocketTimeoutException("the answer to " + request.operation() + " got lost");
    }
    if (fate < LOST_REQUESTS + LOST_ANSWERS + LATE_ANSWERS) {
      Thread.sleep(DELAY.toMillis());
    }
    return answer;
  }

  private synchronized double roll() {
    return random.nextDouble();
  }
}
