package io.sagaflow.testkit.simulation;

import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;

/** Which faults strike in a run, and where. */
@SuppressWarnings("EnumOrdinal") // indexes arrays that live as long as a run
final class Faults {

  private enum About {
    FEW,
    HOW_MANY,
    WHICH,
    ENABLED,
    INTENSITY
  }

  private static final FaultKind[] KINDS = FaultKind.values();
  private static final double[] INTENSITIES = {0.3, 1, 1, 3};

  private final Dice dice;
  private final Set<Long> suppressed;
  private final Trace trace;
  private final double[] chances = new double[KINDS.length];
  private final long[] struck = new long[KINDS.length];
  private final Set<Long> ids = new LinkedHashSet<>();
  private boolean over;

  Faults(Dice dice, Settings settings, Trace trace) {
    this.dice = dice;
    this.suppressed = settings.withoutFaults();
    this.trace = trace;
    double intensity = INTENSITIES[dice.below(INTENSITIES.length, About.INTENSITY, 0)];
    for (FaultKind kind : enabled()) {
      chances[kind.ordinal()] = Math.min(0.7, kind.chance() * intensity);
    }
  }

  private Set<FaultKind> enabled() {
    Set<FaultKind> enabled = EnumSet.noneOf(FaultKind.class);
    if (dice.unit(About.FEW, 0) < 0.5) {
      int count = 1 + dice.below(3, About.HOW_MANY, 0);
      for (int i = 0; i < count; i++) {
        enabled.add(KINDS[dice.below(KINDS.length, About.WHICH, i)]);
      }
    } else {
      for (FaultKind kind : KINDS) {
        if (dice.unit(About.ENABLED, kind.name().hashCode()) < 0.5) {
          enabled.add(kind);
        }
      }
    }
    return enabled;
  }

  boolean isEnabled(FaultKind kind) {
    return chances[kind.ordinal()] > 0;
  }

  /** Whether a fault strikes at an occasion. */
  boolean strikes(FaultKind kind, long occasion) {
    double chance = chances[kind.ordinal()];
    if (chance == 0 || over || dice.unit(kind, occasion) >= chance) {
      return false;
    }
    long id = Dice.mix(occasion ^ Dice.mix(kind.name().hashCode()));
    if (suppressed.contains(id)) {
      return false;
    }
    struck[kind.ordinal()]++;
    if (trace.isTold()) {
      ids.add(id);
      trace.tell("  FAULT " + kind);
    }
    trace.note(kind.name().hashCode(), occasion);
    return true;
  }

  /** From now on all is well. */
  void end() {
    over = true;
  }

  boolean areOver() {
    return over;
  }

  /** How often a kind has struck. */
  long struck(FaultKind kind) {
    return struck[kind.ordinal()];
  }

  /** The ids of those that have struck, in their order; of a told run only. */
  Set<Long> ids() {
    return ids;
  }
}
