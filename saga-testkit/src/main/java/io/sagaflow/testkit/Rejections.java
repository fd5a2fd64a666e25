package io.sagaflow.testkit;

import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.util.List;
import java.util.Optional;

/** Makes exceptions of a user's types, where they have a constructor for a message or for none. */
final class Rejections {

  private Rejections() {}

  static Optional<Exception> make(Class<? extends Throwable> type, String message) {
    for (Class<?>[] parameters : List.of(new Class<?>[] {String.class}, new Class<?>[0])) {
      try {
        Constructor<? extends Throwable> constructor = type.getDeclaredConstructor(parameters);
        constructor.setAccessible(true);
        Throwable made =
            parameters.length == 0 ? constructor.newInstance() : constructor.newInstance(message);
        if (made instanceof Exception exception) {
          return Optional.of(exception);
        }
      } catch (ReflectiveOperationException | InaccessibleObjectException e) {
        // no such constructor, or none that is open to us: the next
      }
    }
    return Optional.empty();
  }
}
