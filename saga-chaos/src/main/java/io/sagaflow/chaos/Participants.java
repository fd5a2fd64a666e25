package io.sagaflow.chaos;

import io.sagaflow.ParticipantCall;
import io.sagaflow.StepRejectedException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** The participants as a coordinator sees them: over HTTP. */
final class Participants {

  static final String CALLER_HEADER = "Chaos-Caller";
  static final String BEGAN_HEADER = "Chaos-Began-At";
  static final int REJECTED = 422;

  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final Http http;
  private final int port;
  private final String caller;

  Participants(Http http, int port, String caller) {
    this.http = http;
    this.port = port;
    this.caller = caller;
  }

  void call(ParticipantCall call, boolean reject) throws IOException, InterruptedException {
    Map<String, String> headers = new HashMap<>(call.headers());
    headers.put(CALLER_HEADER, caller);
    headers.put(BEGAN_HEADER, Instant.now().toString()); // the machine's clock, not the node's
    Http.Answer answer = http.post(port, "/call?reject=" + reject, headers, TIMEOUT);
    if (answer.status() == REJECTED) {
      throw new StepRejectedException("declined");
    }
    if (!answer.isGood()) {
      throw new IOException("answered " + answer.status() + " " + answer.text());
    }
  }
}
