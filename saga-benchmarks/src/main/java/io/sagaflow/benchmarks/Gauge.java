package io.sagaflow.benchmarks;

import java.sql.SQLException;

/** Tells what has been used until now. */
@FunctionalInterface
interface Gauge {

  Usage read() throws SQLException;
}
