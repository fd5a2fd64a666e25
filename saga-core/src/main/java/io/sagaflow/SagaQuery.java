package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which sagas to list, and how many at a time. Immutable: each method returns a changed copy.
 *
 * <pre>{@code
 * SagaQuery.all().status(STUCK).definition("place-order").olderThan(ofHours(1)).limit(50)
 * }</pre>
 *
 * <p>Sagas are listed in the order of their starts, to the millisecond; their ids decide among
 * those of one. Pages go from id to id (keyset pagination), so a page costs the same however many
 * are before it, and no saga is listed twice. One that was started, or changed its status, while
 * pages were read may be missing.
 *
 * @param statuses the statuses that are listed; empty for all
 * @param definition the definition's name; empty for all
 * @param step the step on which listed sagas rest; empty for all
 * @param started when listed sagas were started
 * @param paging which page, and in which order
 */
public record SagaQuery(
    Set<SagaStatus> statuses,
    Optional<String> definition,
    Optional<String> step,
    Started started,
    Paging paging) {

  private static final SagaQuery ALL =
      new SagaQuery(
          Set.of(),
          Optional.empty(),
          Optional.empty(),
          new Started(Optional.empty(), Optional.empty(), Optional.empty()),
          new Paging(false, 100, Optional.empty()));

  /** Copies the set. */
  public SagaQuery {
    statuses = Set.copyOf(statuses);
    definition.ifPresent(name -> requireText(name, "definition"));
    step.ifPresent(name -> requireText(name, "step"));
    requireNonNull(started, "started");
    requireNonNull(paging, "paging");
  }

  /**
   * When listed sagas were started, by the clocks of the nodes that started them; every bound that
   * is present has to hold.
   *
   * @param from at this instant or later
   * @param before earlier than this
   * @param longerAgo longer ago than this when the query is asked
   */
  public record Started(
      Optional<Instant> from, Optional<Instant> before, Optional<Duration> longerAgo) {

    /** Refuses a negative duration. */
    public Started {
      requireNonNull(from, "from");
      requireNonNull(before, "before");
      if (longerAgo.map(Duration::isNegative).orElse(false)) {
        throw new IllegalArgumentException("olderThan must not be negative; got " + longerAgo);
      }
    }
  }

  /**
   * Which page of the list is wanted.
   *
   * @param newestFirst whether the order is reversed
   * @param limit how many sagas at most, from 1 to 1,000
   * @param after where the page before it ended; empty for the first page
   */
  public record Paging(boolean newestFirst, int limit, Optional<String> after) {

    private static final int MOST = 1_000;

    /** Refuses limits out of range. */
    public Paging {
      requireNonNull(after, "after");
      if (limit < 1 || limit > MOST) {
        throw new IllegalArgumentException("limit must be from 1 to 1,000; got " + limit);
      }
    }
  }

  /**
   * Lists all sagas, oldest first, a hundred at a time.
   *
   * @return the query
   */
  public static SagaQuery all() {
    return ALL;
  }

  /**
   * Lists sagas of some statuses only.
   *
   * @param first a status
   * @param more other statuses
   * @return the changed query
   */
  public SagaQuery status(SagaStatus first, SagaStatus... more) {
    return new SagaQuery(EnumSet.of(first, more), definition, step, started, paging);
  }

  /**
   * Lists sagas of one definition only, of all its versions.
   *
   * @param name the definition's name
   * @return the changed query
   * @throws IllegalArgumentException if the name is blank
   */
  public SagaQuery definition(String name) {
    return new SagaQuery(statuses, Optional.of(name), step, started, paging);
  }

  /**
   * Lists sagas only that rest on a step: that are stuck on it, or parked until its next attempt. A
   * saga that a node drives at the moment has no such step; nor has one whose next attempt is so
   * near ({@link SagaCoordinatorBuilder#parkAfter}) that it stays in memory.
   *
   * @param name the step's name
   * @return the changed query
   * @throws IllegalArgumentException if the name is blank
   */
  public SagaQuery step(String name) {
    return new SagaQuery(statuses, definition, Optional.of(name), started, paging);
  }

  /**
   * Lists sagas only that were started longer ago than this when the query is asked.
   *
   * @param age zero or positive
   * @return the changed query
   * @throws IllegalArgumentException if the age is negative
   */
  public SagaQuery olderThan(Duration age) {
    return started(new Started(started.from, started.before, Optional.of(age)));
  }

  /**
   * Lists sagas only that were started at an instant or later.
   *
   * @param instant the instant, of which whole milliseconds count
   * @return the changed query
   */
  public SagaQuery startedFrom(Instant instant) {
    return started(new Started(Optional.of(instant), started.before, started.longerAgo));
  }

  /**
   * Lists sagas only that were started before an instant.
   *
   * @param instant the instant, of which whole milliseconds count
   * @return the changed query
   */
  public SagaQuery startedBefore(Instant instant) {
    return started(new Started(started.from, Optional.of(instant), started.longerAgo));
  }

  /**
   * Lists the newest sagas first.
   *
   * @return the changed query
   */
  public SagaQuery newestFirst() {
    return paging(new Paging(true, paging.limit, paging.after));
  }

  /**
   * Sets how many sagas a page has at most; a hundred by default.
   *
   * @param sagas from 1 to 1,000
   * @return the changed query
   * @throws IllegalArgumentException if it isn't in that range
   */
  public SagaQuery limit(int sagas) {
    return paging(new Paging(paging.newestFirst, sagas, paging.after));
  }

  /**
   * Goes on behind a page.
   *
   * @param cursor the {@link SagaPage#next()} of a page of this query, whatever its limit
   * @return the changed query
   */
  public SagaQuery after(String cursor) {
    return paging(new Paging(paging.newestFirst, paging.limit, Optional.of(cursor)));
  }

  /**
   * Describes what is listed and in which order, but not which page of it: what a cursor belongs
   * to.
   *
   * @return the description
   */
  public String subject() {
    return new TreeSet<>(statuses)
        + " "
        + definition
        + " "
        + step
        + " "
        + started
        + (paging.newestFirst ? " newest first" : "");
  }

  private SagaQuery started(Started changed) {
    return new SagaQuery(statuses, definition, step, changed, paging);
  }

  private SagaQuery paging(Paging changed) {
    return new SagaQuery(statuses, definition, step, started, changed);
  }

  private static void requireText(String text, String name) {
    if (text.isBlank()) {
      throw new IllegalArgumentException(name + " must not be blank");
    }
  }
}
