package io.sagaflow.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.examples.Network.Request;
import io.sagaflow.examples.UnreliableNetwork.Fate;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class UnreliableNetworkTest {

  private static final Request REQUEST = new Request("charge payment", "order-1");

  private final List<Thread> arrivals = new CopyOnWriteArrayList<>();

  @Test
  void givenALateRequest_whenCalled_thenItTimesOutAndArrivesBeforeTheNetworkIsClosed() {
    UnreliableNetwork network = network(Fate.LATE_REQUEST);

    assertThatThrownBy(() -> call(network)).isInstanceOf(SocketTimeoutException.class);
    network.close();

    assertThat(arrivals).hasSize(1).doesNotContain(Thread.currentThread());
  }

  @Test
  void givenAClosedNetwork_whenARequestWouldBeLate_thenItIsLost() {
    UnreliableNetwork network = network(Fate.LATE_REQUEST);
    network.close();

    assertThatThrownBy(() -> call(network)).isInstanceOf(ConnectException.class);

    assertThat(arrivals).isEmpty();
  }

  @Test
  void givenALostRequest_whenCalled_thenNothingArrives() {
    UnreliableNetwork network = network(Fate.LOST_REQUEST);

    assertThatThrownBy(() -> call(network)).isInstanceOf(ConnectException.class);
    network.close();

    assertThat(arrivals).isEmpty();
  }

  @Test
  void givenALostAnswer_whenCalled_thenTheRequestHasArrived() {
    UnreliableNetwork network = network(Fate.LOST_ANSWER);

    assertThatThrownBy(() -> call(network)).isInstanceOf(SocketTimeoutException.class);

    assertThat(arrivals).containsExactly(Thread.currentThread());
  }

  private static UnreliableNetwork network(Fate fate) {
    return new UnreliableNetwork(() -> fate, () -> Duration.ofMillis(50));
  }

  private void call(Network network) throws Exception {
    network.call(REQUEST, () -> arrivals.add(Thread.currentThread()));
  }
}
