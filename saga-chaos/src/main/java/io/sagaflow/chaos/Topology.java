package io.sagaflow.chaos;

/**
 * What the nodes' database is made of.
 *
 * @param version of PostgreSQL
 * @param pooler whether PgBouncer stands before it
 * @param standby whether a synchronous standby follows it
 */
record Topology(PostgresVersion version, boolean pooler, boolean standby) {}
