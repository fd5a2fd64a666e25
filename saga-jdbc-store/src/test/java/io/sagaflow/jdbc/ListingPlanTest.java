package io.sagaflow.jdbc;

import static io.sagaflow.SagaStatus.COMPENSATED;
import static io.sagaflow.SagaStatus.COMPENSATING;
import static io.sagaflow.SagaStatus.COMPLETED;
import static io.sagaflow.SagaStatus.RUNNING;
import static io.sagaflow.SagaStatus.STUCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaCounts;
import io.sagaflow.SagaCounts.Count;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaSummary;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.SagaFilter;
import io.sagaflow.store.SagaListing;
import io.sagaflow.store.SagaPurge.PurgeOrder;
import io.sagaflow.store.SagaPurge.Purged;
import io.sagaflow.store.SagaSlice;
import io.sagaflow.store.SagasInFlight;
import io.sagaflow.testsupport.Database;
import io.sagaflow.testsupport.TestPostgres;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two hundred thousand sagas: nearly all completed, each 50th compensated, each 1,000th stuck, and
 * the last 40,000 running, half of them parked. No query may read more than a small part of them,
 * by the plan that PostgreSQL has executed: no table is read as a whole, and no node of a plan has
 * seen more rows than the bound.
 */
class ListingPlanTest {

  private static final int SAGAS = 200_000;

  /** Of one status, definition and version, at most, in a list here. */
  private static final int GROUPS = 4;

  private static final SagaSlice FIRST =
      new SagaSlice(Optional.empty(), Optional.empty(), false, 100);

  private static Database database;
  private static Look look;
  private static PostgresSagaStore store;
  private static SeenStatements seen;

  @BeforeAll
  static void fill() throws Exception {
    database = TestPostgres.freshDatabase();
    look = new Look(database.dataSource());
    seen = new SeenStatements(database.dataSource());
    store = PostgresSagaStore.create(seen.dataSource());
    store.open();
    look.execute(
        """
        CREATE FUNCTION made(n int) RETURNS uuid LANGUAGE sql IMMUTABLE AS
        $$ SELECT (lpad(to_hex(1735689600000 + n), 12, '0') || '7000' || '8'
                   || lpad(to_hex(n), 15, '0'))::uuid $$;
        INSERT INTO saga_instance
          (id, definition, version, business_key, status, owner, wake_at, step, ended_at)
        SELECT made(n), CASE WHEN n % 1000 = 0 THEN 'refund-order' ELSE 'place-order' END,
               1 + n % 2, 'key-' || n, status,
               CASE WHEN status = 'RUNNING' AND n % 2 = 0 THEN made(0) END,
               CASE WHEN status = 'RUNNING' AND n % 2 = 1 THEN timestamptz '2040-01-01' END,
               CASE WHEN status = 'STUCK' OR status = 'RUNNING' AND n % 2 = 1 THEN 'charge' END,
               CASE WHEN status LIKE 'COMP%ED'
                    THEN timestamptz '2025-01-01' + n * interval '1 ms' END
        FROM (SELECT n, CASE WHEN n > 160000 THEN 'RUNNING' WHEN n % 1000 = 0 THEN 'STUCK'
                             WHEN n % 50 = 1 THEN 'COMPENSATED' ELSE 'COMPLETED' END AS status
              FROM generate_series(1, 200000) n) s;
        INSERT INTO saga_journal (saga_id, seq, at, kind, attempt)
        SELECT made(n), 1, now(), 'SAGA_STARTED', 0 FROM generate_series(1, 200000) n;
        """);
    look.execute("VACUUM ANALYZE saga_instance");
    look.execute("VACUUM ANALYZE saga_journal");
  }

  @AfterAll
  static void close() {
    store.close();
  }

  private static SagaFilter filter(String definition, String step, SagaStatus... statuses) {
    return new SagaFilter(
        Set.of(statuses), Optional.ofNullable(definition), Optional.ofNullable(step));
  }

  /** A list, and the index that has to serve it. */
  record Listing(SagaFilter filter, String index) {

    /** How many rows it may read: a page of each group, or a window. */
    int bound() {
      return index.equals("saga_instance_listed") ? 101 * GROUPS : Listings.WINDOW;
    }
  }

  static Stream<Listing> listings() {
    return Stream.of(
        new Listing(filter(null, null), "saga_instance_pkey"),
        new Listing(filter(null, null, COMPLETED), "saga_instance_pkey"),
        new Listing(filter("refund-order", null, COMPLETED), "saga_instance_pkey"),
        new Listing(filter("nobody", null), "saga_instance_pkey"),
        new Listing(filter(null, null, STUCK), "saga_instance_listed"),
        new Listing(filter(null, null, STUCK, COMPENSATING), "saga_instance_listed"),
        new Listing(filter(null, null, RUNNING), "saga_instance_listed"),
        new Listing(filter("refund-order", null, RUNNING), "saga_instance_listed"),
        new Listing(filter("place-order", null, COMPENSATED), "saga_instance_listed"),
        new Listing(filter(null, "charge"), "saga_instance_step"),
        new Listing(filter(null, "charge", STUCK), "saga_instance_step"),
        new Listing(filter("place-order", "charge", RUNNING), "saga_instance_step"));
  }

  @ParameterizedTest
  @MethodSource("listings")
  void givenManySagas_whenListed_thenByItsIndexAndWithinTheBound(Listing listing) {
    for (boolean descending : List.of(false, true)) {
      SagaSlice slice = new SagaSlice(Optional.empty(), Optional.empty(), descending, 100);
      seen.forget();

      store.queries().list(listing.filter(), slice);

      assertThat(seen.plans()).isNotEmpty();
      for (Plan plan : seen.plans()) {
        assertThat(plan.text()).contains(listing.index()).doesNotContain("Seq Scan");
        assertThat(plan.mostRows()).as(plan.text()).isLessThanOrEqualTo(listing.bound());
      }
    }
  }

  @Test
  void givenManySagas_whenCounted_thenFewAreExactAndManyAreEstimated() {
    seen.forget();

    SagaCounts counts = store.queries().counts();

    assertThat(counts.of(STUCK)).isEqualTo(new Count(160, true));
    assertThat(counts.of(COMPENSATED)).isEqualTo(new Count(3_200, true));
    assertThat(counts.of(COMPENSATING)).isEqualTo(new Count(0, true));
    assertThat(counts.of(RUNNING).exact()).isFalse();
    assertThat(counts.of(RUNNING).value()).isBetween(36_000L, 44_000L);
    assertThat(counts.of(COMPLETED).exact()).isFalse();
    assertThat(counts.of(COMPLETED).value()).isBetween(150_000L, 163_000L);
    for (Plan plan : seen.plans()) {
      assertThat(plan.text()).doesNotContain("Seq Scan");
      assertThat(plan.mostRows()).as(plan.text()).isLessThanOrEqualTo(Counts.EXACT + 1);
    }
  }

  @Test
  void givenManySagas_whenThoseInFlightAreCounted_thenByDefinitionAndWithinTheBound() {
    seen.forget();

    assertThat(store.queries().inFlight())
        .containsExactly(
            new SagasInFlight(new DefinitionRef("place-order", 1), new Count(10_001, false)),
            new SagasInFlight(new DefinitionRef("place-order", 2), new Count(10_001, false)),
            new SagasInFlight(new DefinitionRef("refund-order", 1), new Count(200, true)));

    assertThat(seen.plans())
        .allMatch(plan -> plan.text().contains("saga_instance_listed"))
        .noneMatch(plan -> plan.text().contains("Seq Scan"));
  }

  @Test
  void givenASaga_whenFoundOrRead_thenByItsKeyOrId() {
    seen.forget();

    SagaId id = store.find("place-order", "key-77").orElseThrow();
    store.load(id);

    assertThat(seen.plans()).hasSize(3);
    assertThat(seen.plans().get(0).text()).contains("saga_instance_definition_business_key_key");
    assertThat(seen.plans().get(1).text()).contains("saga_instance_pkey");
    assertThat(seen.plans().get(2).text()).contains("saga_journal_pkey");
  }

  /** Nobody's sagas are looked for through all pages, each of them bounded. */
  @Test
  void givenAFilterThatNothingPasses_whenPagedThrough_thenPagesAreEmptyAndTheLastSaysSo() {
    SagaFilter nobodys = filter("nobody", null);
    int pages = 0;
    Optional<SagaSlice> slice = Optional.of(FIRST);
    while (slice.isPresent()) {
      SagaSlice asked = slice.get();
      SagaListing listing = store.queries().list(nobodys, asked);
      assertThat(listing.sagas()).isEmpty();
      slice = listing.next().map(asked::behind);
      pages++;
    }

    assertThat(pages).isEqualTo(SAGAS / Listings.WINDOW + 1);
  }

  @Test
  void givenARareFilterAcrossWindows_whenPagedThrough_thenEachSagaIsThereOnce() {
    SagaFilter rare = filter("refund-order", null);
    List<SagaId> found = new ArrayList<>();
    Optional<SagaSlice> slice = Optional.of(FIRST);
    while (slice.isPresent()) {
      SagaSlice asked = slice.get();
      SagaListing listing = store.queries().list(rare, asked);
      listing.sagas().stream().map(SagaSummary::id).forEach(found::add);
      slice = listing.next().map(asked::behind);
    }

    assertThat(found).hasSize(200).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void givenNothingToPurgeAmongMany_whenPurged_thenEachCallLooksAtABoundedNumber() {
    Instant early = Instant.parse("2024-01-01T00:00:00Z");
    PurgeOrder order = new PurgeOrder(Set.of(COMPLETED), early, FIRST);
    seen.forget();

    Purged purged = store.purge().purge(order);

    assertThat(purged.sagas()).isZero();
    assertThat(purged.next()).isPresent();
    for (Plan plan : seen.plans()) {
      assertThat(plan.text()).contains("saga_instance_pkey").doesNotContain("Seq Scan");
      assertThat(plan.mostRows()).as(plan.text()).isLessThanOrEqualTo(Purge.WINDOW);
    }
  }
}
