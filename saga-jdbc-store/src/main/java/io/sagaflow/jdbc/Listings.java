package io.sagaflow.jdbc;

import io.sagaflow.SagaCounts;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaSummary;
import io.sagaflow.store.SagaFilter;
import io.sagaflow.store.SagaListing;
import io.sagaflow.store.SagaQueries;
import io.sagaflow.store.SagaSlice;
import io.sagaflow.store.SagasInFlight;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Lists sagas. Which index serves a list is decided here, and not left to the planner's statistics:
 *
 * <ul>
 *   <li>by statuses without {@code COMPLETED}: a partial index, from which each group of one
 *       status, definition and version is read in the order of ids, and the groups are merged;
 *   <li>by step: a partial index of the sagas that rest on one;
 *   <li>whatever else includes completed sagas: the primary key. No index has those, since each
 *       saga would have to be put in when it ends.
 * </ul>
 *
 * <p>The latter two skip rows. To bound that, at so many of them is looked at most; what is behind
 * them is left to the next page.
 */
final class Listings implements SagaQueries {

  /** How many rows one query looks at where it has to skip some. */
  static final int WINDOW = 20_000;

  private final Database database;
  private final Tables tables;
  private final Window window;
  private final Groups groups;
  private final Counts counts;

  Listings(Database database, Tables tables) {
    this.database = database;
    this.tables = tables;
    this.window = new Window(tables);
    this.groups = new Groups(tables);
    this.counts = new Counts(tables, groups);
  }

  @Override
  public SagaListing list(SagaFilter filter, SagaSlice slice) {
    return IndexOrder.read(
        database,
        "list sagas",
        connection ->
            filter.step().isEmpty() && Groups.areIndexed(filter.statuses())
                ? SagaListing.of(read(connection, groups.list(filter, slice)), slice.limit())
                : scan(connection, filter, slice));
  }

  @Override
  public SagaCounts counts() {
    return IndexOrder.read(database, "count sagas", counts::byStatus);
  }

  @Override
  public List<SagasInFlight> inFlight() {
    return IndexOrder.read(database, "count sagas in flight", counts::inFlight);
  }

  /** The end of what was looked at is asked for only if that wasn't enough. */
  private SagaListing scan(Connection connection, SagaFilter filter, SagaSlice slice)
      throws SQLException {
    List<SagaSummary> found = read(connection, scan(filter, slice));
    SagaListing listing = SagaListing.of(found, slice.limit());
    return listing.next().isPresent()
        ? listing
        : new SagaListing(found, window.end(connection, slice, filter.step(), WINDOW));
  }

  private Query scan(SagaFilter filter, SagaSlice slice) {
    Query query = new Query(tables);
    query.add("SELECT " + Query.SAGA + " FROM (SELECT * FROM ${t}instance i");
    query.add(" WHERE").range(slice);
    filter.step().ifPresent(step -> query.add(" AND i.step = ?", step));
    query.order(slice).add(" LIMIT " + WINDOW + ") i WHERE true");
    if (!filter.statuses().isEmpty()) {
      query.add(" AND i.status IN (" + Query.names(filter.statuses()) + ")");
    }
    filter.definition().ifPresent(name -> query.add(" AND i.definition = ?", name));
    return query.order(slice).add(" LIMIT ?", slice.limit() + 1);
  }

  private static List<SagaSummary> read(Connection connection, Query query) throws SQLException {
    try (PreparedStatement statement = query.prepare(connection);
        ResultSet rows = statement.executeQuery()) {
      List<SagaSummary> sagas = new ArrayList<>();
      while (rows.next()) {
        sagas.add(summary(rows));
      }
      return sagas;
    }
  }

  private static SagaSummary summary(ResultSet rows) throws SQLException {
    SagaStatus status = Sagas.status(rows.getString(5));
    return new SagaSummary(
        new SagaId(rows.getObject(1, UUID.class)),
        rows.getString(2),
        rows.getInt(3),
        rows.getString(4),
        status,
        Optional.ofNullable(rows.getString(6)),
        Optional.ofNullable(rows.getObject(7, OffsetDateTime.class))
            .map(OffsetDateTime::toInstant));
  }
}
