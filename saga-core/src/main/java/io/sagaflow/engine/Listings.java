package io.sagaflow.engine;

import io.sagaflow.SagaCounts;
import io.sagaflow.SagaId;
import io.sagaflow.SagaPage;
import io.sagaflow.SagaQuery;
import io.sagaflow.store.SagaFilter;
import io.sagaflow.store.SagaListing;
import io.sagaflow.store.SagaQueries;
import io.sagaflow.store.SagaSlice;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Turns what users ask into ranges of ids, which are in the order of the sagas' starts. */
final class Listings {

  private final SagaQueries queries;
  private final InstantSource clock;

  Listings(SagaQueries queries, InstantSource clock) {
    this.queries = queries;
    this.clock = clock;
  }

  SagaPage page(SagaQuery query) {
    SagaFilter filter = new SagaFilter(query.statuses(), query.definition(), query.step());
    SagaListing found = queries.list(filter, slice(query));
    return new SagaPage(found.sagas(), found.next().map(id -> Cursor.write(query, id)));
  }

  SagaCounts counts() {
    return queries.counts();
  }

  private SagaSlice slice(SagaQuery query) {
    SagaQuery.Started started = query.started();
    Optional<SagaId> from = started.from().map(SagaId::boundAt);
    Optional<SagaId> before =
        Stream.concat(started.before().stream(), longerAgo(started).stream())
            .min(Comparator.naturalOrder())
            .map(SagaId::boundAt);
    SagaQuery.Paging paging = query.paging();
    SagaSlice all = new SagaSlice(from, before, paging.newestFirst(), paging.limit());
    return paging.after().map(cursor -> all.behind(Cursor.read(query, cursor))).orElse(all);
  }

  private Optional<Instant> longerAgo(SagaQuery.Started started) {
    return started
        .longerAgo()
        .map(
            age -> {
              try {
                return clock.instant().minus(age);
              } catch (DateTimeException | ArithmeticException e) { // longer than time is
                return Instant.MIN;
              }
            });
  }
}
