package io.sagaflow.store;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Keeps sagas and their journals, and says who owns which. The SPI that a store implements; {@code
 * SagaStoreContract} in the test kit says what it must do.
 *
 * <p>A store knows nothing of what records mean. It promises that appends are atomic and durable,
 * that one node at most owns a saga, and that a node that lost its lease ({@link #evict}) writes
 * nothing any more, not even with a batch that was under way. Leases follow Gray and Cheriton (SOSP
 * 1989), with a counter that others watch in place of a clock that everybody would have to share.
 *
 * <p>Thread-safe. Methods that return a stage don't block longer than a write takes, and their
 * stages may complete on any thread. All others block, at most for the store's timeout, and throw
 * {@link SagaStoreException} if the store doesn't answer.
 *
 * <p>An instant passed in as {@code now} is the calling node's; the store has no clock of its own.
 */
public interface SagaStore extends AutoCloseable {

  /**
   * Makes the store ready: connects, creates or checks its schema. Safe to call on several nodes at
   * once.
   *
   * @throws SagaStoreException if the store can't be reached, or its schema is not one that this
   *     version can work with; the message says what to do
   */
  void open();

  /**
   * Joins as a node. A node of the same name that joined before is evicted.
   *
   * @param name the configured name
   * @return the node's id, never given before
   */
  NodeId join(String name);

  /**
   * Renews a node's lease and looks at all nodes.
   *
   * @param self the node
   * @return every node that has a lease, this one included
   * @throws NodeFencedException if the node has none any more
   */
  List<NodeBeat> heartbeat(NodeId self);

  /**
   * Looks at all nodes.
   *
   * @return every node that has a lease
   */
  List<NodeBeat> nodes();

  /**
   * Takes a node's lease away. Waits for writes of that node that are under way; when this returns,
   * that node writes nothing any more. Its sagas become orphans, see {@link #releaseOrphans}. Does
   * nothing for a node without a lease.
   *
   * @param node the node, dead or not
   */
  void evict(NodeId node);

  /**
   * Takes a node's lease away, as {@link #evict} does, unless the node has renewed it since it was
   * seen. While this waits for a write of the node, the node can't renew its lease: it would
   * believe that it may go on.
   *
   * @param seen the node as it was when it was seen last
   * @return whether it has no lease now
   */
  boolean evictIfSilent(NodeBeat seen);

  /**
   * Makes sagas whose owner has no lease claimable at once, by anybody.
   *
   * @param limit how many at most, at least 1
   * @return how many; fewer than {@code limit} means that none are left
   */
  int releaseOrphans(int limit);

  /**
   * Gives a node's lease back, and all its sagas: claimable at once. Those that it had claimed as
   * orphans, and not changed since, are orphans still.
   *
   * @param self the node
   * @param open those of its sagas of which a call may still be running; they become orphans
   */
  void leave(NodeId self, Set<SagaId> open);

  /**
   * Starts a saga, owned by the node, unless its definition's name has a saga of that business key.
   *
   * @param owner the node
   * @param saga the saga
   * @return who has the key now; fails with {@link NodeFencedException}, {@link
   *     JournalRefusedException}, or {@link SagaStoreException} if the store was closed
   */
  CompletionStage<StartResult> start(NodeId owner, NewSaga saga);

  /**
   * Appends to the journal of a saga, all or nothing. Appends of one saga are written in the order
   * of the calls, whether or not the caller waits in between, and once one has failed, those behind
   * it that were under way fail too. While the store is unavailable, appends wait.
   *
   * @param owner the node, the saga's owner
   * @param append what to write
   * @return completes when it is durable; fails as {@link #start} does
   */
  CompletionStage<Void> append(NodeId owner, SagaAppend append);

  /**
   * Makes the node the owner of sagas that nobody owns and that are due, oldest first. The count of
   * recoveries is durable before this returns.
   *
   * <p>Of many sagas that a node gave back, or lost with its lease, each living node takes its
   * share first, and what others have left over at its third claim, or within a second of the
   * first; {@link ClaimTurns} does that for a store.
   *
   * @param owner the node
   * @param definitions which sagas it can run
   * @param now the node's time
   * @param limit how many at most, at least 1
   * @return the sagas; never one that another node claimed meanwhile
   * @throws NodeFencedException if the node has no lease
   */
  List<ClaimedSaga> claim(NodeId owner, Set<DefinitionRef> definitions, Instant now, int limit);

  /**
   * Puts a command into a saga's inbox, durably. A saga that nobody owns becomes due.
   *
   * <p>A command about the same step and of the same id as one that lies in that inbox isn't put
   * there again. Two that come at once, or one after the other was consumed, may both be put there:
   * whoever answers them knows.
   *
   * @param sagaId the saga
   * @param command what is asked of it
   * @return the saga's status, or empty if there is no such saga; a saga that has ended keeps no
   *     command
   */
  Optional<SagaStatus> post(SagaId sagaId, NewCommand command);

  /**
   * Reads the inboxes of a node's sagas.
   *
   * @param owner the node
   * @param limit how many commands at most, at least 1
   * @return the commands, oldest first; they stay until an append consumes them
   */
  List<StoredCommand> commands(NodeId owner, int limit);

  /**
   * Reads a saga.
   *
   * @param sagaId the saga
   * @return the saga, or empty if there is none
   */
  Optional<StoredSaga> load(SagaId sagaId);

  /**
   * Reads what never changes about a saga, without its journal.
   *
   * @param sagaId the saga
   * @return its header, or empty if there is none
   */
  Optional<SagaHeader> header(SagaId sagaId);

  /**
   * Finds a saga by its business key.
   *
   * @param definition the definition's name
   * @param businessKey the key
   * @return its id, or empty if there is none
   */
  Optional<SagaId> find(String definition, String businessKey);

  /**
   * Reads the statuses of sagas.
   *
   * @param sagaIds the sagas
   * @return a status for each of them that exists
   */
  Map<SagaId, SagaStatus> statuses(Collection<SagaId> sagaIds);

  /**
   * Returns what answers questions about sagas together.
   *
   * @return always the same
   */
  SagaQueries queries();

  /**
   * Returns what deletes ended sagas.
   *
   * @return always the same
   */
  SagaPurge purge();

  /**
   * Returns what keeps the shapes of definitions.
   *
   * @return always the same
   */
  DefinitionShapes shapes();

  /**
   * Returns what keeps semantic locks.
   *
   * @return empty, unless the store can
   */
  default Optional<SagaLocks> locks() {
    return Optional.empty();
  }

  /**
   * Returns what the store does within transactions of others.
   *
   * @return empty, unless the store can
   */
  default Optional<TransactionalStore> transactions() {
    return Optional.empty();
  }

  /**
   * Lets go of connections and threads. Appends that wait fail with {@link SagaStoreException}. The
   * coordinator that was given the store calls this once, last.
   */
  @Override
  void close();
}
