/**
 * Sagas for the JVM: the API, the store SPI, and behind them the state machine and the engine.
 *
 * <p>Only {@code io.sagaflow} and {@code io.sagaflow.store} are API. The machine and the engine are
 * open to the test kit alone, which drives them in virtual time.
 */
module io.sagaflow {
  requires transitive com.fasterxml.jackson.databind;
  requires transitive java.sql;
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports io.sagaflow;
  exports io.sagaflow.store;
  exports io.sagaflow.machine to
      io.sagaflow.testkit;
  exports io.sagaflow.engine to
      io.sagaflow.testkit;
}
