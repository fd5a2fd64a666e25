package io.sagaflow.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Keeps every line that is logged while it is open, at every level, with stack traces. */
final class LogRecorder extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  private final Logger logger = (Logger) LoggerFactory.getLogger("io.sagaflow");
  private final Level before = logger.getLevel();
  private final List<String> lines = new CopyOnWriteArrayList<>();

  LogRecorder() {
    setContext(logger.getLoggerContext());
    start();
    logger.addAppender(this);
    logger.setLevel(Level.TRACE);
  }

  @Override
  protected void append(ILoggingEvent event) {
    IThrowableProxy failure = event.getThrowableProxy();
    lines.add(
        event.getLevel()
            + " "
            + event.getFormattedMessage()
            + " "
            + event.getMDCPropertyMap()
            + (failure == null ? "" : "\n" + ThrowableProxyUtil.asString(failure)));
  }

  List<String> lines() {
    return lines;
  }

  @Override
  public void close() {
    logger.setLevel(before);
    logger.detachAppender(this);
    stop();
  }
}
