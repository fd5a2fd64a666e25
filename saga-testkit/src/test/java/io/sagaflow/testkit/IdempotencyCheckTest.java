package io.sagaflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Participants that lack one thing each, and what the check says. */
class IdempotencyCheckTest {

  private final EffectLedger ledger = new EffectLedger();
  private final FakeParticipant payments = FakeParticipant.named("payment", ledger);
  private final Set<String> keys = new HashSet<>();
  private int balance;

  private IdempotencyCheck check() {
    return IdempotencyCheck.of("payment")
        .action(key -> payments.act(key, () -> ++balance))
        .compensation(key -> payments.compensate(key, () -> balance--))
        .state(() -> balance);
  }

  @Test
  void givenABarrier_whenChecked_thenNothingIsWrong() {
    check().barrier().check();

    assertThat(balance).isZero();
  }

  @Test
  void givenATolerantParticipant_whenCheckedWithoutABarrier_thenNothingIsWrong() {
    payments.tolerant();

    check().check();
  }

  @Test
  void givenATolerantParticipant_whenCheckedForABarrier_thenBothLateActionsAreTold() {
    payments.tolerant();

    assertThatThrownBy(() -> check().barrier().check())
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            "payment doesn't bear what sagas do to it:\n"
                + "- there is no barrier: an action that comes after its compensation changes the"
                + " state from 0 to 1\n"
                + "- there is no barrier: an action that comes after a compensation that found"
                + " nothing to undo changes the state from 1 to 2");
  }

  @Test
  void givenABareParticipant_whenChecked_thenEverythingIsTold() {
    payments.bare();

    assertThatThrownBy(() -> check().check())
        .hasMessageContaining(
            "- the action isn't idempotent: repeated under the same key it changes the state from 1"
                + " to 2")
        .hasMessageContaining(
            "- the compensation isn't idempotent: repeated it changes the state from 1 to 0")
        .hasMessageContaining(
            "- the compensation undoes what wasn't done: without an action it changes the state"
                + " from 0 to -1");
  }

  @Test
  void givenACompensationThatInsistsOnAnAction_whenChecked_thenTold() {
    IdempotencyCheck strict =
        check()
            .compensation(
                key -> {
                  if (!payments.calls().contains("act " + key)) {
                    throw new IOException("no such payment");
                  }
                  payments.compensate(key, () -> balance--);
                });

    assertThatThrownBy(strict::check)
        .hasMessageContaining(
            "- the compensation fails where there is nothing to undo: java.io.IOException: no such"
                + " payment");
  }

  @Test
  void givenCallsThatFailWhenRepeated_whenChecked_thenTold() {
    IdempotencyCheck strict =
        check().action(key -> once("act " + key)).compensation(key -> once("undo " + key));

    assertThatThrownBy(strict.state(() -> Set.copyOf(keys))::check)
        .hasMessageContaining(
            "- the action fails when it is repeated under the same key: java.lang")
        .hasMessageContaining("- the compensation fails when it is repeated: java.lang");
  }

  private void once(String call) {
    if (!keys.add(call)) {
      throw new IllegalStateException("duplicate");
    }
  }

  @Test
  void givenAStateThatShowsNothing_whenChecked_thenTheCheckSaysThatItProvesNothing() {
    assertThatThrownBy(() -> check().state(() -> 0).check())
        .hasMessageContaining("the action changes nothing that state(...) shows");
  }

  @Test
  void givenACompensationThatDoesNothing_whenChecked_thenTold() {
    assertThatThrownBy(() -> check().compensation(key -> {}).check())
        .hasMessageContaining("the compensation changes nothing: the state stays 1");
  }

  @Test
  void givenKeysOfAParticularForm_whenChecked_thenTheyAreUsed() {
    List<String> seen = new ArrayList<>();
    int[] number = {0};

    check()
        .action(
            key -> {
              seen.add(key);
              payments.act(key, () -> ++balance);
            })
        .keys(() -> "k-" + ++number[0])
        .check();

    assertThat(seen).containsExactly("k-1", "k-1");
  }

  @Test
  void givenNoState_whenChecked_thenItSaysWhatIsMissing() {
    assertThatThrownBy(() -> IdempotencyCheck.of("payment").check())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("state(...)");
  }
}
