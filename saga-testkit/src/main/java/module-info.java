/** Tests sagas and stores: virtual time, and the contract that every store fulfils. */
module io.sagaflow.testkit {
  requires transitive io.sagaflow;
  requires org.assertj.core;
  requires static transitive org.jspecify;
  requires transitive org.junit.jupiter.api;

  exports io.sagaflow.testkit;
}
