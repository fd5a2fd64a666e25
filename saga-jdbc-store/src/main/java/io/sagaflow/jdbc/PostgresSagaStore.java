package io.sagaflow.jdbc;

import static java.util.Objects.requireNonNull;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.DefinitionShapes;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.SagaLocks;
import io.sagaflow.store.SagaPurge;
import io.sagaflow.store.SagaQueries;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredSaga;
import io.sagaflow.store.TransactionalStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps sagas in PostgreSQL, in tables that it creates itself.
 *
 * <p>Writes of different sagas share a transaction: whoever finds the store idle writes at once
 * whatever is queued, in one statement and one round trip (group commit). That statement locks the
 * node's lease row, so a node that another evicted writes nothing any more. While the database is
 * away, writes wait, up to 10,000 of them, and callers beyond that block; they are written exactly
 * once however often the connection breaks, also within a commit.
 *
 * <p>No state is kept in a connection, and none is held between calls, so a pooler in transaction
 * mode may stand before the database. Statements are cancelled after 30 seconds, journal writes
 * after 31 at most.
 *
 * <p>Thread-safe. Needs the PostgreSQL driver at run time.
 */
public final class PostgresSagaStore implements SagaStore {

  private static final int DEFAULT_LANES = 2;
  private static final int MOST_LANES = 16;
  private static final int DEFAULT_TRANSACTIONS = 4;
  private static final int MOST_TRANSACTIONS = 1_000;

  private final @Nullable HikariDataSource ownPool;
  private final boolean migrate;
  private final Schema schema;
  private final Nodes nodes;
  private final Orphans orphans;
  private final Releases releases = new Releases();
  private final Claims claims;
  private final Inbox inbox;
  private final Sagas sagas;
  private final Listings listings;
  private final Purge purge;
  private final Shapes shapes;
  private final LockTable locks;
  private final Lanes lanes;
  private final CallerTransactions callerTransactions;

  private PostgresSagaStore(
      Database database, Builder options, Tables tables, @Nullable HikariDataSource ownPool) {
    Journals journals = new Journals(tables);
    this.ownPool = ownPool;
    this.migrate = options.migrate;
    this.schema = new Schema(database, tables);
    this.nodes = new Nodes(database, tables, options.lanes);
    this.orphans = new Orphans(database, tables);
    this.claims = new Claims(database, tables, journals, releases);
    this.sagas = new Sagas(database, tables, journals);
    this.inbox = new Inbox(database, tables, sagas);
    this.listings = new Listings(database, tables);
    this.purge = new Purge(database, tables);
    this.shapes = new Shapes(database, tables);
    this.locks = new LockTable(database, tables);
    this.lanes =
        new Lanes(
            database,
            tables,
            new Lanes.Options(options.lanes, options.spreadFrom, options.patience));
    this.callerTransactions = new CallerTransactions(database, tables, options.transactions);
  }

  /**
   * Creates a store with the default options on your connections.
   *
   * @param dataSource lends connections, best from a pool of at least three; never closed by the
   *     store
   * @return the store, not opened yet
   */
  public static PostgresSagaStore create(DataSource dataSource) {
    return builder().dataSource(dataSource).build();
  }

  /**
   * Creates a store with the default options and a small connection pool of its own, which is
   * closed with the store.
   *
   * @param url the JDBC url, {@code jdbc:postgresql://host:port/database}
   * @param user the user, who may create tables unless they exist
   * @param password the user's password
   * @return the store, not opened yet: nothing is connected before {@link #open}
   * @throws IllegalArgumentException if the url isn't a JDBC url
   */
  public static PostgresSagaStore create(String url, String user, String password) {
    return builder().url(url, user, password).build();
  }

  /**
   * Starts the configuration of a store.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public void open() {
    if (migrate) {
      schema.migrate();
    } else {
      schema.check();
    }
  }

  @Override
  public NodeId join(String name) {
    return nodes.join(name);
  }

  @Override
  public List<NodeBeat> heartbeat(NodeId self) {
    return nodes.heartbeat(self);
  }

  @Override
  public List<NodeBeat> nodes() {
    return nodes.nodes();
  }

  @Override
  public void evict(NodeId node) {
    nodes.evict(node);
  }

  @Override
  public boolean evictIfSilent(NodeBeat seen) {
    return nodes.evictIfSilent(seen);
  }

  @Override
  public int releaseOrphans(int limit) {
    return orphans.release(limit);
  }

  @Override
  public void leave(NodeId self, Set<SagaId> open) {
    nodes.leave(self, open);
  }

  @Override
  public CompletionStage<StartResult> start(NodeId owner, NewSaga saga) {
    Write write = Write.start(owner, saga);
    lanes.submit(write);
    return write.started();
  }

  @Override
  public CompletionStage<Void> append(NodeId owner, SagaAppend append) {
    Write write = releases.noted(Write.append(owner, append), append);
    lanes.submit(write);
    return write.appended();
  }

  @Override
  public List<ClaimedSaga> claim(
      NodeId owner, Set<DefinitionRef> definitions, Instant now, int limit) {
    return claims.claim(owner, definitions, now, limit);
  }

  @Override
  public Optional<SagaStatus> post(SagaId sagaId, NewCommand command) {
    return inbox.post(sagaId, command);
  }

  @Override
  public List<StoredCommand> commands(NodeId owner, int limit) {
    return inbox.commands(owner, limit);
  }

  @Override
  public Optional<StoredSaga> load(SagaId sagaId) {
    return sagas.load(sagaId);
  }

  @Override
  public Optional<SagaHeader> header(SagaId sagaId) {
    return sagas.header(sagaId);
  }

  @Override
  public Optional<SagaId> find(String definition, String businessKey) {
    return sagas.find(definition, businessKey);
  }

  @Override
  public Map<SagaId, SagaStatus> statuses(Collection<SagaId> sagaIds) {
    return sagas.statuses(sagaIds);
  }

  @Override
  public SagaQueries queries() {
    return listings;
  }

  @Override
  public SagaPurge purge() {
    return purge;
  }

  @Override
  public Optional<SagaLocks> locks() {
    return Optional.of(locks);
  }

  @Override
  public DefinitionShapes shapes() {
    return shapes;
  }

  @Override
  public Optional<TransactionalStore> transactions() {
    return Optional.of(callerTransactions);
  }

  @Override
  public void close() {
    lanes.close();
    if (ownPool != null) {
      ownPool.close();
    }
  }

  /** Configures a store. Mutable, for one thread. */
  public static final class Builder {

    private @Nullable DataSource dataSource;
    private @Nullable Address address;
    private String schema = Schema.DEFAULT_SCHEMA;
    private String tablePrefix = "saga_";
    private boolean migrate = true;
    private int lanes = DEFAULT_LANES;
    private int spreadFrom = Lanes.SPREAD_FROM;
    private Duration patience = Gathering.PATIENCE;
    private int transactions = DEFAULT_TRANSACTIONS;

    private Builder() {}

    private record Address(String url, String user, String password) {}

    /**
     * Sets where connections come from. Either this or {@link #url} is required.
     *
     * @param dataSource lends connections, best from a pool of at least three; never closed by the
     *     store
     * @return this
     */
    public Builder dataSource(DataSource dataSource) {
      this.dataSource = requireNonNull(dataSource, "dataSource");
      return this;
    }

    /**
     * Sets where the database is; the store then has a small connection pool of its own, which is
     * closed with it. Either this or {@link #dataSource} is required.
     *
     * @param url the JDBC url, {@code jdbc:postgresql://host:port/database}
     * @param user the user, who may create tables unless they exist
     * @param password the user's password
     * @return this
     * @throws IllegalArgumentException if the url isn't a JDBC url
     */
    public Builder url(String url, String user, String password) {
      requireNonNull(url, "url");
      if (!url.startsWith("jdbc:")) { // not shown: other forms of url hold passwords
        throw new IllegalArgumentException(
            "The url must be a JDBC url, jdbc:postgresql://host:port/database");
      }
      this.address =
          new Address(url, requireNonNull(user, "user"), requireNonNull(password, "password"));
      return this;
    }

    /**
     * Sets the schema of the tables; {@code public} by default. It is created if it doesn't exist.
     *
     * @param schema 1 to 30 lower-case letters, digits and underscores, a letter first
     * @return this
     */
    public Builder schema(String schema) {
      this.schema = requireNonNull(schema, "schema");
      return this;
    }

    /**
     * Sets what the names of the tables begin with; {@code saga_} by default. Stores with different
     * prefixes know nothing of each other.
     *
     * @param tablePrefix 1 to 30 lower-case letters, digits and underscores, a letter first
     * @return this
     */
    public Builder tablePrefix(String tablePrefix) {
      this.tablePrefix = requireNonNull(tablePrefix, "tablePrefix");
      return this;
    }

    /**
     * Sets whether {@link PostgresSagaStore#open} creates or upgrades the tables; it does by
     * default. Otherwise it only checks that they are there.
     *
     * @param migrate false where the application's user may not create tables
     * @return this
     */
    public Builder migrate(boolean migrate) {
      this.migrate = migrate;
      return this;
    }

    /**
     * Sets how many connections write journals at a time. Each writes whatever waits for it in one
     * commit, so that few are enough; see the page on performance for what more of them bring.
     * While fewer than 100 sagas have a write under way only one is used.
     *
     * @param lanes from 1 to 16; 2 by default. The pool must have as many connections and at least
     *     one more
     * @return this
     * @throws IllegalArgumentException if it isn't from 1 to 16
     */
    public Builder lanes(int lanes) {
      if (lanes < 1 || lanes > MOST_LANES) {
        throw new IllegalArgumentException(
            "lanes must be from 1 to " + MOST_LANES + "; got " + lanes);
      }
      this.lanes = lanes;
      return this;
    }

    /** Sets with how many sagas under way their writes are spread over the lanes; for tests. */
    Builder spreadFrom(int sagas) {
      this.spreadFrom = sagas;
      return this;
    }

    /** Sets how long a lane's leader waits for company, see {@link Gathering}; for tests. */
    Builder patience(Duration time) {
      this.patience = time;
      return this;
    }

    /**
     * Sets how many transactional steps run at a time on this store's connections; others wait for
     * them. Without a meaning where the coordinator was given a {@code TransactionRunner}.
     *
     * @param transactions from 1 to 1,000; 4 by default. The pool must have as many connections
     *     beside those for lanes and at least one more
     * @return this
     * @throws IllegalArgumentException if it isn't from 1 to 1,000
     */
    public Builder transactions(int transactions) {
      if (transactions < 1 || transactions > MOST_TRANSACTIONS) {
        throw new IllegalArgumentException(
            "transactions must be from 1 to " + MOST_TRANSACTIONS + "; got " + transactions);
      }
      this.transactions = transactions;
      return this;
    }

    /**
     * Returns the SQL that creates the tables, with the names of this builder filled in: for a
     * database administrator, or a migration tool, where the application's user may not create
     * tables. It is for an empty schema, and to be applied once; open the store with {@code
     * migrate(false)} then. It begins with {@code CREATE SCHEMA IF NOT EXISTS} unless the schema is
     * {@code public}.
     *
     * @return statements, each ended by a semicolon, with comments
     * @throws IllegalArgumentException if the schema or the prefix isn't a plain name
     */
    public String schemaSql() {
      return Schema.sql(new Tables(schema, tablePrefix));
    }

    /**
     * Builds the store. Nothing is connected yet.
     *
     * @return the store
     * @throws IllegalArgumentException if the schema or the prefix isn't a plain name
     * @throws IllegalStateException unless there is either a data source or a url
     */
    public PostgresSagaStore build() {
      Tables tables = new Tables(schema, tablePrefix);
      if (dataSource != null && address != null) {
        throw new IllegalStateException(
            "Call dataSource(...) or url(...) before build(), and not both.");
      }
      if (dataSource != null) {
        Database database = new Database(dataSource, "the data source's server");
        return new PostgresSagaStore(database, this, tables, null);
      }
      if (address != null) {
        HikariDataSource pool =
            OwnPool.create(address.url(), address.user(), address.password(), lanes + transactions);
        Database database = new Database(pool, OwnPool.withoutParameters(address.url()));
        return new PostgresSagaStore(database, this, tables, pool);
      }
      throw new IllegalStateException("Call dataSource(...) or url(...) before build().");
    }
  }
}
