package io.sagaflow.benchmarks;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which PostgreSQL is measured. */
final class ServerOptions {

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = {
        "JDBC url of a PostgreSQL of yours, with ?user=...&password=...; the schemas bench_* of its",
        "database are replaced. Default: an embedded PostgreSQL, started for this run, fsync on"
      })
  private @Nullable String url;

  /** Connects, and refuses a server whose commits aren't durable. */
  Server connect() {
    return url == null ? Server.embedded() : Server.at(url);
  }
}
