package io.sagaflow.benchmarks;

/**
 * What a span of work has cost.
 *
 * @param jvm what this JVM used
 * @param database what the server did
 * @param roundTrips how often a client waited for the server
 */
record Usage(JvmReading jvm, DatabaseReading database, long roundTrips) {

  Usage since(Usage before) {
    return new Usage(
        jvm.since(before.jvm), database.since(before.database), roundTrips - before.roundTrips);
  }
}
