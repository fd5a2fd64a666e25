package io.sagaflow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {

  @Test
  void givenRows_whenTheyArePrinted_thenTheColumnsAreAligned() {
    Table table = new Table().row("round", "sagas/s").row("1", "20,000").row("12", "9");

    assertThat(table.print().lines())
        .containsExactly("round   sagas/s", "1        20,000", "12            9");
  }
}
