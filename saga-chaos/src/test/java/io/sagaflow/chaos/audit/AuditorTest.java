package io.sagaflow.chaos.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The auditor's self-test: forged histories, each of which breaks one invariant and no other. */
class AuditorTest {

  private final Auditor auditor = new Auditor(List.of(Forgery.PLAN));

  @ParameterizedTest
  @EnumSource(Forgery.Clean.class)
  void givenACleanHistory_whenAudited_thenNothingIsFound(Forgery.Clean clean) {
    History history = clean.history();

    List<Finding> findings = auditor.atTheEnd(history);

    assertThat(findings).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Forgery.class)
  void givenAForgedHistory_whenAudited_thenThatVeryInvariantIsFoundBroken(Forgery forgery) {
    History history = forgery.history();

    List<Finding> findings = auditor.atTheEnd(history);

    assertThat(findings).extracting(Finding::invariant).containsOnly(forgery.breaks());
  }

  @Test
  void givenAllForgeries_whenTheInvariantsAreCounted_thenEachIsBrokenByOne() {
    List<Invariant> broken = List.of(Forgery.values()).stream().map(Forgery::breaks).toList();

    assertThat(broken).contains(Invariant.values());
  }

  @Test
  void givenASagaUnderWay_whenAuditedOnline_thenItNeedNotHaveEnded() {
    History history = Forgery.IT_NEVER_ENDS.history();

    List<Finding> findings = auditor.online(history);

    assertThat(findings).isEmpty();
  }
}
