/** The PostgreSQL store: sagas and their journals in tables, written with group commit. */
module io.sagaflow.jdbc {
  requires transitive io.sagaflow;
  requires transitive java.sql;
  requires com.zaxxer.hikari;
  requires org.slf4j;
  requires static org.jspecify;

  exports io.sagaflow.jdbc;
}
