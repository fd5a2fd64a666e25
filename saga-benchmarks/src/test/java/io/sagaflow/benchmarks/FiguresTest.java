package io.sagaflow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FiguresTest {

  @Test
  void givenAnOddNumberOfFigures_whenTheMedianIsTaken_thenItIsTheMiddleOne() {
    assertThat(Figures.median(List.of(9.0, 1.0, 5.0))).isEqualTo(5);
  }

  @Test
  void givenAnEvenNumberOfFigures_whenTheMedianIsTaken_thenItLiesBetweenTheMiddleTwo() {
    assertThat(Figures.median(List.of(9.0, 1.0, 5.0, 3.0))).isEqualTo(4);
  }

  @Test
  void givenANumber_whenItIsRounded_thenFourDigitsAreLeft() {
    assertThat(Figures.rounded(0.0123456)).isEqualTo(0.01235);
    assertThat(Figures.rounded(9.87654)).isEqualTo(9.877);
    assertThat(Figures.rounded(1_234_567.8)).isEqualTo(1_234_568);
    assertThat(Figures.rounded(0)).isZero();
  }

  @Test
  void givenNumbersOfAllSizes_whenTheyAreWritten_thenEachShowsWhatMatters() {
    assertThat(Figures.text(20_123.4)).isEqualTo("20,123");
    assertThat(Figures.text(12.34)).isEqualTo("12.3");
    assertThat(Figures.text(1.234)).isEqualTo("1.23");
    assertThat(Figures.text(0.0456)).isEqualTo("0.0456");
    assertThat(Figures.text(1_000_000)).isEqualTo("1,000,000");
    assertThat(Figures.text("on")).isEqualTo("on");
  }
}
