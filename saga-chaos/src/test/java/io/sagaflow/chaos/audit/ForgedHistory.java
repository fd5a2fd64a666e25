package io.sagaflow.chaos.audit;

import static io.sagaflow.chaos.audit.EffectRow.Kind.DONE;
import static io.sagaflow.chaos.audit.EffectRow.Kind.UNDONE;

import io.sagaflow.chaos.audit.Promise.Ending;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A history in the making; everything in it happens a second after what was said before. */
final class ForgedHistory {

  private final List<RecordRow> records = new ArrayList<>();
  private final List<EffectRow> effects = new ArrayList<>();
  private final List<CallRow> calls = new ArrayList<>();
  private Optional<SagaRow> saga = Optional.empty();
  private Promise promise = new Promise(true, Ending.ENDS);
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private Instant tick() {
    now = now.plus(Duration.ofSeconds(1));
    return now;
  }

  ForgedHistory without() {
    saga = Optional.empty();
    promise = Promise.NONE;
    return this;
  }

  ForgedHistory promised(boolean acknowledged, Ending ending) {
    promise = new Promise(acknowledged, ending);
    return this;
  }

  ForgedHistory status(String status) {
    saga = Optional.of(new SagaRow("forged", 1, status));
    return this;
  }

  /** Adds records: a kind, and a step if it is of one. */
  ForgedHistory records(String... kinds) {
    for (String kind : kinds) {
      String[] parts = (kind + " ").split(" ", -1);
      records.add(
          new RecordRow(records.size() + 1L, parts[0], parts[1], Optional.of(tick()), true));
    }
    return this;
  }

  ForgedHistory effect(String step, EffectRow.Kind kind) {
    effects.add(new EffectRow(step, kind, tick()));
    return this;
  }

  ForgedHistory call(String step, boolean action, String key) {
    calls.add(new CallRow(step, action, key, tick(), false));
    return this;
  }

  ForgedHistory completed() {
    records("SAGA_STARTED");
    for (String step : List.of("a", "b", "c")) {
      effect(step, DONE).records("STEP_COMPLETED " + step);
    }
    return records("SAGA_COMPLETED").status("COMPLETED");
  }

  ForgedHistory compensated() {
    records("SAGA_STARTED");
    for (String step : List.of("a", "b")) {
      call(step, true, step).effect(step, DONE).records("STEP_COMPLETED " + step);
    }
    records("STEP_REJECTED c", "SAGA_TURNED_BACK");
    for (String step : List.of("b", "a")) {
      call(step, false, "undo-" + step).effect(step, UNDONE).records("STEP_COMPENSATED " + step);
    }
    return records("SAGA_COMPENSATED").status("COMPENSATED");
  }

  ForgedHistory withoutEffectsOf(String step) {
    effects.removeIf(effect -> effect.step().equals(step));
    return this;
  }

  ForgedHistory withoutRecord(int seq) {
    records.remove(seq - 1);
    return this;
  }

  ForgedHistory unleased(int seq) {
    RecordRow row = records.get(seq - 1);
    records.set(
        seq - 1, new RecordRow(row.seq(), row.kind(), row.step(), row.committedAt(), false));
    return this;
  }

  History build() {
    return new History(
        UUID.fromString("00000000-0000-7000-8000-000000000001"),
        promise,
        saga,
        records,
        new History.Evidence(effects, calls));
  }
}
