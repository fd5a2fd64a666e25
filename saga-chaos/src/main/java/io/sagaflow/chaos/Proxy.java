package io.sagaflow.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/** Stands between one node and the database. */
final class Proxy implements AutoCloseable {

  private static final int BACKLOG = 100;

  private final String name;
  private final IntSupplier target;
  private final ServerSocket socket;
  private final Weather weather = new Weather();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();

  private Proxy(String name, IntSupplier target) throws IOException {
    this.name = name;
    this.target = target;
    this.socket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
  }

  /** Leads each connection to where the server is at that moment. */
  static Proxy start(String name, IntSupplier target) throws IOException {
    Proxy proxy = new Proxy(name, target);
    Thread thread = new Thread(proxy::accept, "proxy-" + name);
    thread.setDaemon(true);
    thread.start();
    return proxy;
  }

  int port() {
    return socket.getLocalPort();
  }

  Weather weather() {
    return weather;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        connect(socket.accept());
      } catch (IOException e) {
        // the server is down, or we are closed: the client is refused
      }
    }
  }

  private void connect(Socket client) throws IOException {
    try {
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target.getAsInt());
      Link link = new Link(client, server, weather);
      links.removeIf(old -> !old.isOpen());
      links.add(link);
      link.start("proxy-" + name);
    } catch (IOException e) {
      client.close();
      throw e;
    }
  }

  /** Breaks all connections. */
  void cut() {
    links.forEach(Link::close);
    links.clear();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    cut();
  }
}
