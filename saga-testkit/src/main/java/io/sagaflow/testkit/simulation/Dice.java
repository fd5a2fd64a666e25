package io.sagaflow.testkit.simulation;

/**
 * Chance without a memory: a roll depends on the seed, on what it is about and on nothing that was
 * rolled before. So one fault fewer leaves all others as they are, and a failing run can be shrunk
 * by taking faults away. Mixes as SplitMix64 does (Steele, Lea and Flood, OOPSLA 2014).
 */
final class Dice {

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1.0p-53;

  private final long seed;

  Dice(long seed) {
    this.seed = mix(seed);
  }

  /** Names an occasion by up to four small numbers. */
  static long occasion(int first, int second, int third, int fourth) {
    return ((long) first << 40) ^ ((long) second << 28) ^ ((long) third << 20) ^ fourth;
  }

  long roll(Enum<?> about, long occasion) {
    long type = about.getDeclaringClass().getName().hashCode();
    long subject = type * GOLDEN_GAMMA + about.name().hashCode(); // no ordinal: kinds come and go
    return mix(seed + mix(subject ^ mix(occasion + GOLDEN_GAMMA)));
  }

  /** From 0 to below 1. */
  double unit(Enum<?> about, long occasion) {
    return (roll(about, occasion) >>> 11) * UNIT;
  }

  /** From 0 to below a bound. */
  int below(int bound, Enum<?> about, long occasion) {
    return (int) Long.remainderUnsigned(roll(about, occasion), bound);
  }

  static long mix(long bits) {
    long z = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
