package io.sagaflow.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderTest {

  @Test
  void givenAnOrder_whenWrittenAndParsed_thenItIsTheSame() {
    Order order = new Order("order-1", "sku", 2, 500, "card");

    assertThat(Order.parse(order.toString())).isEqualTo(order);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "order-1", "order-1/sku/two/500/card", "order-1/sku/2/500/card/more"})
  void givenSomethingElse_whenParsed_thenTheFormIsNamed(String text) {
    assertThatThrownBy(() -> Order.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("orderId/sku/quantity/amountInCents/card");
  }
}
