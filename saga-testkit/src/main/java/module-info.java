/**
 * Tests sagas and stores: faults of every kind, virtual time, fakes, and the contract of stores.
 */
module io.sagaflow.testkit {
  requires transitive io.sagaflow;
  requires transitive org.assertj.core;
  requires static transitive org.jspecify;
  requires transitive org.junit.jupiter.api;

  exports io.sagaflow.testkit;
}
