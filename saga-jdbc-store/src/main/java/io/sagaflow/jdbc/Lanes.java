package io.sagaflow.jdbc;

import io.sagaflow.SagaId;
import java.util.ArrayList;
import java.util.List;

/**
 * The lanes of a store. A saga has the same one all its life, so that its writes keep their order;
 * each has a slot row of its own, so that no lock has two holders: PostgreSQL would keep their list
 * in a multixact.
 */
final class Lanes implements AutoCloseable {

  private final List<Lane> lanes = new ArrayList<>();

  Lanes(Database database, Tables tables, int count) {
    for (int i = 1; i <= count; i++) {
      lanes.add(new Lane(new BatchWriter(database, tables, i), database.server()));
    }
  }

  /** Queues a write, see {@link Lane#submit}. */
  void submit(Write write) {
    of(write.sagaId()).submit(write);
  }

  /** The low bits of an id are random; the high ones are its time. */
  private Lane of(SagaId saga) {
    return lanes.get(
        (int) Long.remainderUnsigned(saga.value().getLeastSignificantBits(), lanes.size()));
  }

  /** Fails what waits, and waits for the statements under way. */
  @Override
  public void close() {
    lanes.forEach(Lane::stop);
    lanes.forEach(Lane::awaitLeader);
  }
}
