package io.sagaflow;

import java.util.Collection;

/**
 * Which semantic locks a saga needs, such as {@code account:42}. It should be quick, change
 * nothing, and depend on nothing but the saga's input and results.
 *
 * @param <I> the saga's input
 */
@FunctionalInterface
public interface LockKeys<I> {

  /**
   * Says which. It may be asked more than once, until the locks are held.
   *
   * @param context the saga's input and earlier results
   * @return the keys, 100 at most; each 1 to 200 characters, not blank, no control characters.
   *     Their order doesn't matter; none means no lock
   * @throws Exception if it can't say; the action isn't called. It is asked again as the step's
   *     retry policy has it, and then counts as rejected
   */
  Collection<String> of(ActionContext<I> context) throws Exception;
}
