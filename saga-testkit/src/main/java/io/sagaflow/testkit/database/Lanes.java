package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import java.util.ArrayList;
import java.util.List;

/**
 * The lanes of a store. A saga has the same one all its life, chosen as the real store does with
 * many sagas under way; with few of them that one has less that goes on side by side.
 */
final class Lanes {

  private final List<Lane> lanes = new ArrayList<>();

  Lanes(DatabaseClient client, Pace pace, int count) {
    for (int number = 1; number <= count; number++) {
      lanes.add(new Lane(client, number, pace));
    }
  }

  int count() {
    return lanes.size();
  }

  void submit(Write write) {
    of(write.sagaId).submit(write);
  }

  private Lane of(SagaId saga) {
    long lowBits = saga.value().getLeastSignificantBits();
    return lanes.get((int) Long.remainderUnsigned(lowBits, lanes.size()));
  }

  void close() {
    lanes.forEach(Lane::close);
  }

  void die() {
    lanes.forEach(Lane::die);
  }
}
