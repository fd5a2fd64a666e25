package io.sagaflow.testkit;

import io.sagaflow.testkit.EffectLedger.Entry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An entry of an {@link EffectLedger} that doesn't fit the ones before it.
 *
 * @param kind in which way
 * @param entry the entry
 */
record Anomaly(FindingKind kind, Entry entry) {

  private static final Map<FindingKind, String> SENTENCES = new EnumMap<>(FindingKind.class);

  static {
    SENTENCES.put(
        FindingKind.APPLIED_TWICE,
        "%s took effect twice under the same key (%s): the participant doesn't recognise a repeated"
            + " call. It must keep the key together with the effect.");
    SENTENCES.put(
        FindingKind.LATE_EFFECT,
        "%s took effect after it had been compensated (%s): a late or repeated request changed"
            + " something that nobody will undo any more. The participant must remember the keys of"
            + " its compensations, also of those that found nothing to undo, and refuse these keys"
            + " from then on.");
    SENTENCES.put(
        FindingKind.COMPENSATED_TWICE,
        "The compensation of %s isn't idempotent: run a second time under the same key, it undid the"
            + " effect again (%s). It must recognise that the effect is undone already.");
    SENTENCES.put(
        FindingKind.COMPENSATED_WITHOUT_EFFECT,
        "The compensation of %s undid an effect that isn't there (%s): no action was applied under"
            + " the key that it was given. A compensation also runs where its action had no effect,"
            + " and then must change nothing; what names the effect to undo is ctx.actionKey().");
  }

  private enum State {
    ABSENT,
    APPLIED,
    COMPENSATED
  }

  private record Subject(String effect, String key) {}

  static List<Anomaly> in(List<Entry> entries) {
    Map<Subject, State> states = new HashMap<>();
    List<Anomaly> anomalies = new ArrayList<>();
    for (Entry entry : entries) {
      Subject subject = new Subject(entry.effect(), entry.key());
      State before = states.getOrDefault(subject, State.ABSENT);
      states.put(subject, next(entry, before, anomalies));
    }
    return anomalies;
  }

  private static State next(Entry entry, State before, List<Anomaly> anomalies) {
    return switch (entry.kind()) {
      case APPLIED -> {
        if (before == State.APPLIED) {
          anomalies.add(new Anomaly(FindingKind.APPLIED_TWICE, entry));
        } else if (before == State.COMPENSATED) {
          anomalies.add(new Anomaly(FindingKind.LATE_EFFECT, entry));
        }
        yield State.APPLIED;
      }
      case COMPENSATED -> {
        if (before == State.COMPENSATED) {
          anomalies.add(new Anomaly(FindingKind.COMPENSATED_TWICE, entry));
        } else if (before == State.ABSENT) {
          anomalies.add(new Anomaly(FindingKind.COMPENSATED_WITHOUT_EFFECT, entry));
        }
        yield State.COMPENSATED;
      }
      case NOTHING_TO_COMPENSATE -> before == State.ABSENT ? State.COMPENSATED : before;
    };
  }

  /** What is wrong, and what to do. */
  String sentence() {
    String who = entry.step().map(step -> "step " + step).orElse("effect " + entry.effect());
    String effect = "effect " + entry.effect();
    String text = String.format(SENTENCES.getOrDefault(kind, "%s: %s"), who, effect);
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
