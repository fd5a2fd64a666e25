package io.sagaflow.chaos;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Optional;

/** One connection of a client through the proxy: a thread for each direction. */
final class Link implements Closeable {

  private static final int BUFFER = 16 * 1024;

  private final Socket client;
  private final Socket server;
  private final Weather weather;
  private volatile Optional<Trap> cutsAnswer = Optional.empty();
  private volatile boolean open = true;

  Link(Socket client, Socket server, Weather weather) throws IOException {
    this.client = client;
    this.server = server;
    this.weather = weather;
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
  }

  void start(String name) {
    run(name + "-requests", this::carryRequests);
    run(name + "-answers", this::carryAnswers);
  }

  boolean isOpen() {
    return open;
  }

  /** Carries until there is nothing more to carry. */
  @FunctionalInterface
  private interface Carrier {

    void carry() throws IOException, InterruptedException;
  }

  private void run(String name, Carrier carrier) {
    Thread thread =
        new Thread(
            () -> {
              try {
                carrier.carry();
              } catch (IOException e) {
                // one side is gone, or we cut it: the other side has to go, too
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                close();
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  private void carryRequests() throws IOException, InterruptedException {
    Wire wire =
        new Wire(new DataInputStream(new BufferedInputStream(client.getInputStream(), BUFFER)));
    OutputStream out = server.getOutputStream();
    send(out, wire.startup());
    while (open) {
      Exchange exchange = wire.next();
      Optional<Trap> trap = weather.caught(exchange);
      if (trap.isPresent() && !survives(trap.get())) {
        return;
      }
      send(out, exchange.bytes());
    }
  }

  private void send(OutputStream out, ByteArrayOutputStream bytes)
      throws IOException, InterruptedException {
    weather.requests().pass(this::isOpen);
    weather.pass();
    bytes.writeTo(out);
    out.flush();
  }

  /** Answers whether the exchange is still to be sent. */
  private boolean survives(Trap trap) throws InterruptedException {
    switch (trap.kind()) {
      case HOLD_APPEND -> {
        trap.spring();
        trap.hold();
      }
      case CUT_BEFORE_APPEND, CUT_BEFORE_COMMIT -> {
        trap.spring();
        return false;
      }
      case CUT_AFTER_APPEND, CUT_AFTER_COMMIT -> cutsAnswer = Optional.of(trap);
    }
    return true;
  }

  private void carryAnswers() throws IOException, InterruptedException {
    InputStream in = server.getInputStream();
    OutputStream out = client.getOutputStream();
    byte[] buffer = new byte[BUFFER];
    int count = in.read(buffer);
    while (count >= 0) {
      Optional<Trap> cut = cutsAnswer;
      if (cut.isPresent()) { // the server has done it, and nobody will know
        cut.get().spring();
        return;
      }
      weather.answers().pass(this::isOpen);
      weather.pass();
      out.write(buffer, 0, count);
      out.flush();
      count = in.read(buffer);
    }
  }

  @Override
  public void close() {
    open = false;
    closeQuietly(client);
    closeQuietly(server);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is closed then
    }
  }
}
