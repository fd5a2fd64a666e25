package io.sagaflow.chaos.audit;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * All that is known of one saga.
 *
 * @param id its id
 * @param promise what was promised
 * @param saga its row, unless it has none
 * @param records its journal
 * @param evidence what the participants say
 */
public record History(
    UUID id, Promise promise, Optional<SagaRow> saga, List<RecordRow> records, Evidence evidence) {

  /**
   * What participants say of a saga.
   *
   * @param effects their ledgers
   * @param calls the calls that reached them
   */
  public record Evidence(List<EffectRow> effects, List<CallRow> calls) {

    /** Puts the effects in the order of time. */
    public Evidence {
      effects = effects.stream().sorted(Comparator.comparing(EffectRow::at)).toList();
      calls = List.copyOf(calls);
    }
  }

  /** Copies the records. */
  public History {
    records = List.copyOf(records);
  }

  List<EffectRow> effects(String step) {
    return evidence.effects().stream().filter(effect -> effect.step().equals(step)).toList();
  }

  boolean has(String kind, String step) {
    return records.stream().anyMatch(row -> row.is(kind, step));
  }
}
