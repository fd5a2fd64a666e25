package io.sagaflow.store;

import io.sagaflow.LockClaim;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Keeps locks in memory: for stores that keep sagas there. Guarded by its caller. */
public final class InMemoryLocks {

  private final Function<SagaId, @Nullable SagaStatus> status;
  private final InstantSource clock;
  private final Map<String, List<LockClaim>> queues = new TreeMap<>();
  private Instant lastRequest = Instant.EPOCH;

  /**
   * Creates an empty set of locks.
   *
   * @param status gives a saga's status, or null if there is no such saga
   * @param clock says since when a lock is claimed
   */
  public InMemoryLocks(Function<SagaId, @Nullable SagaStatus> status, InstantSource clock) {
    this.status = status;
    this.clock = clock;
  }

  /**
   * Asks for locks, see {@link SagaLocks#acquire}.
   *
   * @param saga the saga that asks
   * @param root the outermost saga of its family
   * @param keys what to lock
   * @return what came of it
   */
  public LockAnswer acquire(SagaId saga, SagaId root, Set<String> keys) {
    SagaId holder = isOver(root) ? saga : root;
    Instant now = nextRequest();
    keys.forEach(key -> ask(new LockClaim(key, saga, holder, false, now)));
    Set<SagaId> blockers = LockRules.blockers(claimsOf(keys), holder);
    if (blockers.isEmpty()) {
      keys.forEach(key -> grant(key, holder));
      return new LockAnswer.Granted();
    }
    if (LockRules.isDeadlock(claimsOf(queues.keySet()), holder)) {
      keys.forEach(key -> queue(key).removeIf(claim -> isWaiting(claim, saga)));
      return new LockAnswer.Deadlock(blockers);
    }
    return new LockAnswer.Waiting(blockers);
  }

  /** No two requests have the same time, by which their claims are known as one. */
  private Instant nextRequest() {
    Instant now = clock.instant();
    lastRequest = now.isAfter(lastRequest) ? now : lastRequest.plusNanos(1_000);
    return lastRequest;
  }

  private void ask(LockClaim asked) {
    List<LockClaim> queue = queues.computeIfAbsent(asked.key(), added -> new ArrayList<>());
    queue.removeIf(claim -> isOver(claim.holder()));
    boolean there =
        queue.stream()
            .anyMatch(
                claim ->
                    claim.saga().equals(asked.saga())
                        || (claim.held() && claim.holder().equals(asked.holder())));
    if (!there) {
      queue.add(asked);
    }
  }

  /** The first claim of the family holds it for all of them. */
  private void grant(String key, SagaId holder) {
    List<LockClaim> queue = queue(key);
    LockClaim first =
        queue.stream().filter(claim -> claim.holder().equals(holder)).findFirst().orElseThrow();
    LockClaim held = new LockClaim(key, first.saga(), holder, true, first.since());
    queue.set(queue.indexOf(first), held);
    queue.removeIf(claim -> claim.holder().equals(holder) && !claim.held());
  }

  /**
   * Releases what a saga holds.
   *
   * @param holder the saga, which has ended
   */
  public void release(SagaId holder) {
    queues.values().forEach(queue -> queue.removeIf(claim -> claim.holder().equals(holder)));
    queues.values().removeIf(List::isEmpty);
  }

  /**
   * Gives up a saga's places in queues.
   *
   * @param saga the saga that asked
   */
  public void withdraw(SagaId saga) {
    queues.values().forEach(queue -> queue.removeIf(claim -> isWaiting(claim, saga)));
    queues.values().removeIf(List::isEmpty);
  }

  /**
   * Finds sagas that wait, and need not any longer.
   *
   * @param limit how many at most
   * @return the sagas
   */
  public List<SagaId> next(int limit) {
    List<LockClaim> claims = claimsOf(queues.keySet());
    Set<SagaId> free = new LinkedHashSet<>();
    for (List<LockClaim> queue : queues.values()) { // of each, only the first in line can be free
      live(queue)
          .findFirst()
          .map(LockClaim::holder)
          .ifPresent(first -> addFree(free, claims, queue, first));
    }
    return free.stream().limit(limit).toList();
  }

  /** Adds the sagas of a family that would be granted what they ask for in this queue. */
  private static void addFree(
      Set<SagaId> free, List<LockClaim> claims, List<LockClaim> queue, SagaId family) {
    queue.stream()
        .filter(claim -> !claim.held() && claim.holder().equals(family))
        .filter(claim -> LockRules.blockers(request(claims, claim), family).isEmpty())
        .forEach(claim -> free.add(claim.saga()));
  }

  /** The claims of all keys that were asked for together with one. */
  private static List<LockClaim> request(List<LockClaim> claims, LockClaim one) {
    Set<String> keys = new HashSet<>();
    for (LockClaim claim : claims) {
      if (!claim.held() && claim.saga().equals(one.saga()) && claim.since().equals(one.since())) {
        keys.add(claim.key());
      }
    }
    return claims.stream().filter(claim -> keys.contains(claim.key())).toList();
  }

  /**
   * Lists who holds a lock and who waits for it.
   *
   * @param key what is locked
   * @return the claims
   */
  public List<LockClaim> claims(String key) {
    return List.copyOf(queue(key));
  }

  /**
   * Lists what a saga holds and waits for.
   *
   * @param holder the saga
   * @return the claims
   */
  public List<LockClaim> claims(SagaId holder) {
    return queues.values().stream()
        .flatMap(List::stream)
        .filter(claim -> claim.holder().equals(holder))
        .toList();
  }

  private List<LockClaim> claimsOf(Set<String> keys) {
    return keys.stream().flatMap(key -> live(queue(key))).toList();
  }

  private Stream<LockClaim> live(List<LockClaim> queue) {
    return queue.stream()
        .filter(claim -> claim.held() || status.apply(claim.saga()) == SagaStatus.RUNNING);
  }

  private List<LockClaim> queue(String key) {
    return queues.getOrDefault(key, List.of());
  }

  private boolean isOver(SagaId saga) {
    SagaStatus current = status.apply(saga);
    return current == null || current.isTerminal();
  }

  private static boolean isWaiting(LockClaim claim, SagaId saga) {
    return !claim.held() && claim.saga().equals(saga);
  }
}
