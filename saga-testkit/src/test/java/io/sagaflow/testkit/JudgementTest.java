package io.sagaflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaDefinition;
import io.sagaflow.testkit.EffectLedger.Entry;
import io.sagaflow.testkit.EffectLedger.Kind;
import io.sagaflow.testkit.Trial.Called;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a coordinator never does, and so no explored saga shows: made up by hand. */
class JudgementTest {

  private final SagaDefinition<String> definition = new ExploredShop().untilCharge().build();
  private final Trial trial = new Trial(FaultPlan.NONE, Duration.ofSeconds(1), new VirtualTime());
  private final Judgement judgement = new Judgement(definition, Optional.empty(), false);

  private List<Finding> judge() {
    return judgement.of(trial, new EndState(Optional.empty(), List.of(), List.of()));
  }

  private void called(Callee callee, String key) {
    trial.calls.add(new Called(callee, 1, key));
  }

  @Test
  void givenNoEnd_whenJudged_thenFound() {
    assertThat(judge()).extracting(Finding::kind).containsExactly(FindingKind.NOT_ENDED);
  }

  @Test
  void givenCallsInOrder_whenJudged_thenNoneIsFound() {
    called(Callee.action("reserve"), "r");
    called(Callee.action("reserve"), "r");
    called(Callee.action("charge"), "c");
    called(Callee.compensation("charge"), "-c");
    called(Callee.compensation("reserve"), "-r");

    assertThat(judge()).extracting(Finding::kind).containsExactly(FindingKind.NOT_ENDED);
  }

  @Test
  void givenCompensationsOutOfOrder_whenJudged_thenFound() {
    called(Callee.action("reserve"), "r");
    called(Callee.action("charge"), "c");
    called(Callee.compensation("reserve"), "-r");
    called(Callee.compensation("charge"), "-c");

    assertThat(judge()).extracting(Finding::kind).contains(FindingKind.WRONG_ORDER);
  }

  @Test
  void givenAnActionAfterACompensation_whenJudged_thenFound() {
    called(Callee.action("reserve"), "r");
    called(Callee.compensation("reserve"), "-r");
    called(Callee.action("charge"), "c");

    assertThat(judge()).extracting(Finding::kind).contains(FindingKind.WRONG_ORDER);
  }

  @Test
  void givenTwoKeysOfOneCall_whenJudged_thenFound() {
    called(Callee.action("reserve"), "r");
    called(Callee.action("reserve"), "other");

    assertThat(judge()).extracting(Finding::kind).contains(FindingKind.KEY_CHANGED);
  }

  @Test
  void givenAnEffectOfUnknownCause_whenItHasTwoKeys_thenNobodyIsBlamed() {
    List<Entry> entries =
        List.of(
            new Entry(Kind.APPLIED, "payment", "a", Optional.empty()),
            new Entry(Kind.APPLIED, "payment", "b", Optional.empty()));

    List<Finding> findings =
        judgement.of(trial, new EndState(Optional.empty(), List.of(), entries));

    assertThat(findings).extracting(Finding::kind).containsExactly(FindingKind.NOT_ENDED);
  }
}
