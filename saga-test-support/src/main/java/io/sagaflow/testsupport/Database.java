package io.sagaflow.testsupport;

import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * An empty database.
 *
 * @param jdbcUrl its address, with user and password
 * @param dataSource opens a new connection each time
 */
public record Database(String jdbcUrl, DataSource dataSource) {

  static Database at(String jdbcUrl) {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl(jdbcUrl);
    return new Database(jdbcUrl, dataSource);
  }
}
