package io.sagaflow.store;

import static java.util.stream.Collectors.groupingBy;

import io.sagaflow.LockClaim;
import io.sagaflow.SagaId;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who waits for whom, for the stores. Claims are given in the order in which they came, without
 * those of sagas that wait and don't go forward any more. Pure.
 */
public final class LockRules {

  private LockRules() {}

  /**
   * Says for whom a saga's family waits: of each key that it has asked for and doesn't hold,
   * whoever holds it, and whoever asked before.
   *
   * @param claims the claims of all keys that it has asked for
   * @param holder the outermost saga of the family
   * @return the outermost sagas of those families; empty if it can be granted what it asks for
   */
  public static Set<SagaId> blockers(Collection<LockClaim> claims, SagaId holder) {
    return blockers(byKey(claims), holder);
  }

  private static Map<String, List<LockClaim>> byKey(Collection<LockClaim> claims) {
    return claims.stream().collect(groupingBy(LockClaim::key));
  }

  private static Set<SagaId> blockers(Map<String, List<LockClaim>> byKey, SagaId holder) {
    Set<SagaId> blockers = new LinkedHashSet<>();
    byKey.values().forEach(queue -> blockers.addAll(before(queue, holder)));
    return blockers;
  }

  private static Set<SagaId> before(List<LockClaim> queue, SagaId holder) {
    Set<SagaId> others = new LinkedHashSet<>();
    boolean own = false;
    for (LockClaim claim : queue) {
      if (claim.holder().equals(holder)) {
        if (claim.held()) {
          return Set.of();
        }
        own = true;
      } else if (claim.held() || !own) {
        others.add(claim.holder());
      }
    }
    return own ? others : Set.of();
  }

  /**
   * Says whether a family waits for itself, by way of others.
   *
   * @param claims the claims of all keys that anybody waits for
   * @param holder the outermost saga of the family
   * @return whether none of them would ever go on
   */
  public static boolean isDeadlock(Collection<LockClaim> claims, SagaId holder) {
    Map<String, List<LockClaim>> byKey = byKey(claims);
    Set<SagaId> seen = new HashSet<>();
    Deque<SagaId> next = new ArrayDeque<>(blockers(byKey, holder));
    while (!next.isEmpty()) {
      SagaId one = next.remove();
      if (one.equals(holder)) {
        return true;
      }
      if (seen.add(one)) {
        next.addAll(blockers(byKey, one));
      }
    }
    return false;
  }
}
