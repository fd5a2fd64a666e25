package io.sagaflow.store;

import io.sagaflow.SagaId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Divides what dead and leaving nodes gave back among those that live, for the stores. Whoever
 * looks first would otherwise take all of it, and run it alone.
 *
 * <p>Each saga is meant for one of the nodes, by its id (rendezvous by remainder: nobody has to
 * agree with anybody). Where more than a few have been given back, a claim takes those that are
 * meant for its node and passes over the others. They aren't reserved: the node that they are meant
 * for may have no room for them, or not their definition, or be dead itself. So when the first that
 * a node passed over is still there at its third claim, half a second later at least, the others
 * have had their turn, and it takes whatever is left.
 *
 * <p>It is no fence: two nodes that count the living differently may both want one saga, and the
 * store gives it to one of them. Thread-safe. The monitor guards the fields.
 */
public final class ClaimTurns {

  /** When a saga is due that its owner gave back, or lost: before anything that has a time. */
  public static final Instant GIVEN_BACK = Instant.MIN;

  /** When a saga is due that a command woke, and a place in the queue behind those given back. */
  public static final Instant AT_ONCE = Instant.EPOCH;

  /** As many as these are taken by whoever comes first. */
  public static final int FEW = 32;

  private static final int ID_BITS = 28; // of the random ones, as many as make a positive int
  private static final int TURNS = 2;
  private static final Duration PATIENCE = Duration.ofMillis(500);
  private static final int MOST_NODES = 1_000;

  private final Map<NodeId, Passed> passed =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<NodeId, Passed> eldest) {
          return size() > MOST_NODES; // of nodes that have long been gone
        }
      };

  /** The first saga that a node's latest claims passed over. */
  private record Passed(SagaId saga, Instant since, int claims) {}

  /**
   * A node's part in the division.
   *
   * @param rank how many of the living nodes come before it, in the order of their ids
   * @param nodes how many live, at least 1
   */
  public record Part(int rank, int nodes) {

    /**
     * Counts.
     *
     * @param node the node
     * @param living every node that has a lease
     * @return its part
     */
    public static Part of(NodeId node, Collection<NodeId> living) {
      long before =
          living.stream().filter(other -> other.value().compareTo(node.value()) < 0).count();
      return new Part((int) before, Math.max(1, living.size()));
    }

    /**
     * Returns whether a saga is meant for the node.
     *
     * @param saga the saga
     * @return whether the last 28 bits of its id, divided by the nodes, leave the rank
     */
    public boolean has(SagaId saga) {
      long bits = saga.value().getLeastSignificantBits() & ((1L << ID_BITS) - 1);
      return bits % nodes == rank;
    }
  }

  /** Creates the memory of a store. */
  public ClaimTurns() {}

  /**
   * Says how many of the sagas that were given back a claim has to look at before it takes any.
   *
   * @param node who claims
   * @param now the node's time
   * @return more than {@link #FEW}, or 0 if it takes whatever is due
   */
  public synchronized int look(NodeId node, Instant now) {
    Passed last = passed.get(node);
    boolean othersHadTheirTurn =
        last != null
            && last.claims() >= TURNS
            && Duration.between(last.since(), now).abs().compareTo(PATIENCE) >= 0;
    return othersHadTheirTurn ? 0 : FEW + 1;
  }

  /**
   * Says which saga a claim passes over first.
   *
   * @param part the node's part
   * @param given the first sagas that were given back, as many as {@link #look} said
   * @return the saga; empty if the claim takes whatever is due
   */
  public static Optional<SagaId> passedOver(Part part, Collection<SagaId> given) {
    return given.size() <= FEW
        ? Optional.empty()
        : given.stream().filter(saga -> !part.has(saga)).findFirst();
  }

  /**
   * Notes a claim.
   *
   * @param node who has claimed
   * @param now the node's time
   * @param first the first saga that it has passed over
   * @param full whether it took as many as it was allowed to, so that more may be due
   */
  public synchronized void claimed(NodeId node, Instant now, Optional<SagaId> first, boolean full) {
    if (first.isPresent()) {
      SagaId saga = first.get();
      passed.compute(
          node,
          (unused, last) ->
              last != null && last.saga().equals(saga)
                  ? new Passed(saga, last.since(), last.claims() + 1)
                  : new Passed(saga, now, 1));
    } else if (!full) { // what is left over is taken in one go, however many claims it needs
      passed.remove(node);
    }
  }
}
