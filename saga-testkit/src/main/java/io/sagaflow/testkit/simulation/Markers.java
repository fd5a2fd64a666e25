package io.sagaflow.testkit.simulation;

/** How often each rare moment was seen. */
@SuppressWarnings("EnumOrdinal") // indexes an array that lives as long as a run
final class Markers {

  private final long[] hits = new long[Marker.values().length];

  void hit(Marker marker) {
    hits[marker.ordinal()]++;
  }

  long hits(Marker marker) {
    return hits[marker.ordinal()];
  }
}
