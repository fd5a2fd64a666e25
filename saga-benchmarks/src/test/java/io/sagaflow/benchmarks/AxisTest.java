package io.sagaflow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class AxisTest {

  @Test
  void givenValues_whenALinearAxisIsMade_thenItRunsFromZeroToARoundNumber() {
    Axis axis = Axis.linear("sagas/s", List.of(120.0, 8_700.0));

    assertThat(axis.ticks()).containsExactly(0.0, 2_000.0, 4_000.0, 6_000.0, 8_000.0, 10_000.0);
    assertThat(axis.place(0)).isZero();
    assertThat(axis.place(10_000)).isEqualTo(1);
    assertThat(axis.place(5_000)).isEqualTo(0.5);
  }

  @Test
  void givenPowers_whenALogarithmicAxisIsMade_thenTheyLieAtEqualDistances() {
    Axis axis = Axis.logarithmic("in flight", List.of(64.0, 1.0, 8.0, 8.0));

    assertThat(axis.ticks()).containsExactly(1.0, 8.0, 64.0);
    assertThat(axis.place(1)).isZero();
    assertThat(axis.place(8)).isCloseTo(0.5, within(1e-9));
    assertThat(axis.place(64)).isEqualTo(1);
  }

  @Test
  void givenZeroAmongThem_whenALogarithmicAxisIsMade_thenItLiesAtTheLeftEnd() {
    Axis axis = Axis.logarithmic("rows", List.of(0.0, 1_000.0, 10_000.0));

    assertThat(axis.place(0)).isZero();
    assertThat(axis.place(1_000)).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void givenOneValueOnly_whenAnAxisIsMade_thenItHasALength() {
    assertThat(Axis.logarithmic("in flight", List.of(64.0)).place(64)).isZero();
    assertThat(Axis.linear("sagas/s", List.of(0.0)).place(0)).isZero();
  }

  @Test
  void givenTicks_whenTheyAreNamed_thenTheyAreShort() {
    assertThat(Axis.label(0)).isEqualTo("0");
    assertThat(Axis.label(512)).isEqualTo("512");
    assertThat(Axis.label(0.2)).isEqualTo("0.2");
    assertThat(Axis.label(12_500)).isEqualTo("12.5k");
    assertThat(Axis.label(10_000_000)).isEqualTo("10M");
  }
}
