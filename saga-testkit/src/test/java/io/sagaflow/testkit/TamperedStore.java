package io.sagaflow.testkit;

import io.sagaflow.SagaId;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Payload;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.store.StoredSaga;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Shows the saga of one business key with something wrong about it. */
final class TamperedStore extends ForwardingStore {

  private final String businessKey;
  private UnaryOperator<StoredSaga> tamper = UnaryOperator.identity();

  TamperedStore(SagaStore store, String businessKey) {
    super(store);
    this.businessKey = businessKey;
  }

  void tamper(UnaryOperator<StoredSaga> how) {
    tamper = how;
  }

  private StoredSaga shown(StoredSaga saga) {
    return saga.header().businessKey().equals(businessKey) ? tamper.apply(saga) : saga;
  }

  @Override
  public List<ClaimedSaga> claim(
      NodeId owner, Set<DefinitionRef> definitions, Instant now, int limit) {
    List<ClaimedSaga> claimed = new ArrayList<>();
    for (ClaimedSaga each : super.claim(owner, definitions, now, limit)) {
      claimed.add(
          new ClaimedSaga(shown(each.saga()), each.orphaned(), each.recoveries(), each.commands()));
    }
    return claimed;
  }

  @Override
  public Optional<StoredSaga> load(SagaId sagaId) {
    return super.load(sagaId).map(this::shown);
  }

  static UnaryOperator<StoredSaga> without(int index) {
    return saga -> {
      List<StoredRecord> rows = new ArrayList<>(saga.journal());
      rows.remove(index);
      return new StoredSaga(saga.header(), saga.status(), rows);
    };
  }

  static UnaryOperator<StoredSaga> changed(int index, UnaryOperator<StoredRecord> change) {
    return saga -> {
      List<StoredRecord> rows = new ArrayList<>(saga.journal());
      rows.set(index, change.apply(rows.get(index)));
      return new StoredSaga(saga.header(), saga.status(), rows);
    };
  }

  static UnaryOperator<StoredRecord> kind(String kind) {
    return row -> with(row, kind, row.step(), row.payload());
  }

  static UnaryOperator<StoredRecord> step(@Nullable String step) {
    return row -> with(row, row.kind(), step, row.payload());
  }

  static UnaryOperator<StoredRecord> payload(@Nullable String text) {
    return row -> with(row, row.kind(), row.step(), text == null ? null : Payload.ofText(text));
  }

  static StoredRecord with(
      StoredRecord row, String kind, @Nullable String step, @Nullable Payload payload) {
    return new StoredRecord(
        row.seq(),
        row.at(),
        kind,
        step,
        row.attempt(),
        row.code(),
        row.detail(),
        row.actor(),
        row.due(),
        payload);
  }
}
