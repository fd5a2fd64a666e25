package io.sagaflow.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Reads one client's side of PostgreSQL's protocol, version 3, without TLS. It knows again what was
 * prepared on this connection. For one thread.
 */
final class Wire {

  private static final int LENGTH_BYTES = 4;
  private static final int LONGEST_MESSAGE = 64 * 1024 * 1024;

  /** Parse, Bind, Describe, Execute and Close: more follows until Sync, Flush or another. */
  private static final String PARTS = "PBDEC";

  private final DataInputStream in;
  private final Map<String, String> prepared = new HashMap<>();
  private boolean wroteEffects;
  private boolean appends;
  private boolean commits;

  Wire(DataInputStream in) {
    this.in = in;
  }

  /** Reads the first message, which has no type. */
  ByteArrayOutputStream startup() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    readBody(new DataOutputStream(bytes));
    return bytes;
  }

  /** Reads up to where the client waits for an answer. */
  Exchange next() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    appends = false;
    commits = false;
    char type;
    do {
      type = (char) in.readUnsignedByte();
      out.writeByte(type);
      look(type, readBody(out));
    } while (PARTS.indexOf(type) >= 0);
    boolean commitsEffects = commits && wroteEffects;
    wroteEffects &= !commits;
    return new Exchange(bytes, appends, commitsEffects);
  }

  private byte[] readBody(DataOutputStream out) throws IOException {
    int length = in.readInt();
    if (length < LENGTH_BYTES || length > LONGEST_MESSAGE) {
      throw new IOException("A message of " + length + " bytes isn't one of PostgreSQL's protocol");
    }
    byte[] body = in.readNBytes(length - LENGTH_BYTES);
    out.writeInt(length);
    out.write(body);
    return body;
  }

  private void look(char type, byte[] body) {
    switch (type) {
      case 'P' -> prepared.put(text(body, 0), text(body, text(body, 0).length() + 1));
      case 'B' -> run(prepared.getOrDefault(text(body, text(body, 0).length() + 1), ""));
      case 'Q' -> run(text(body, 0));
      default -> {
        // says nothing about which statement it is
      }
    }
  }

  private void run(String sql) {
    String upper = sql.toUpperCase(Locale.ROOT);
    appends |= upper.contains("SAGA_JOURNAL") && upper.contains("INSERT");
    commits |= upper.startsWith("COMMIT");
    wroteEffects |= upper.contains("CHAOS_LEDGER") && upper.contains("INSERT");
  }

  /** Text up to the next zero byte; names and statements of this suite are ASCII. */
  private static String text(byte[] body, int from) {
    int to = from;
    while (to < body.length && body[to] != 0) {
      to++;
    }
    return new String(body, from, to - from, UTF_8);
  }
}
