package io.sagaflow.jdbc;

import static java.util.stream.Collectors.joining;

import io.sagaflow.SagaStatus;
import io.sagaflow.store.SagaFilter;
import io.sagaflow.store.SagaSlice;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The groups of sagas of one status, definition and version, as the index of all but completed
 * sagas has them. Groups are few and their sagas many, so it is gone from one group to the next in
 * the index, and not through it (a loose index scan).
 */
final class Groups {

  private static final Set<SagaStatus> INDEXED =
      EnumSet.complementOf(EnumSet.of(SagaStatus.COMPLETED));

  private final Tables tables;

  Groups(Tables tables) {
    this.tables = tables;
  }

  static boolean areIndexed(Collection<SagaStatus> statuses) {
    return !statuses.isEmpty() && INDEXED.containsAll(statuses);
  }

  /** Begins a query that knows the groups of some statuses as {@code groups}. */
  Query begin(Collection<SagaStatus> statuses, Optional<String> definition) {
    Query query = new Query(tables);
    query.add("WITH RECURSIVE groups(status, definition, version) AS (SELECT * FROM (");
    query.add(
        statuses.stream().map(status -> first(status, definition)).collect(joining(" UNION ALL ")));
    definition.ifPresent(name -> statuses.forEach(status -> query.add("", name)));
    query.add(") f UNION ALL SELECT g.status, n.definition, n.version FROM groups g");
    query.add(" CROSS JOIN LATERAL (SELECT i.definition, i.version FROM ${t}instance i");
    query.add(" WHERE i.status <> 'COMPLETED' AND i.status = g.status");
    query.add(
        definition.isPresent() // not both conditions: one would only filter what the other reads
            ? " AND i.definition = g.definition AND i.version > g.version"
            : " AND (i.definition, i.version) > (g.definition, g.version)");
    return query.add(" ORDER BY i.definition, i.version LIMIT 1) n) ");
  }

  private static String first(SagaStatus status, Optional<String> definition) {
    return "(SELECT i.status, i.definition, i.version FROM ${t}instance i WHERE i.status = '"
        + status
        + "'"
        + definition.map(name -> " AND i.definition = ?").orElse("")
        + " ORDER BY i.definition, i.version LIMIT 1)";
  }

  /** The first sagas of each group in a slice, and of those the first. */
  Query list(SagaFilter filter, SagaSlice slice) {
    int limit = slice.limit() + 1;
    Query query = begin(filter.statuses(), filter.definition());
    query.add("SELECT " + Query.SAGA + " FROM groups g CROSS JOIN LATERAL (SELECT *");
    query.add(" FROM ${t}instance i WHERE i.status <> 'COMPLETED' AND i.status = g.status");
    query.add(" AND i.definition = g.definition AND i.version = g.version AND").range(slice);
    query.order(slice).add(" LIMIT ?) i", limit);
    return query.order(slice).add(" LIMIT ?", limit);
  }
}
