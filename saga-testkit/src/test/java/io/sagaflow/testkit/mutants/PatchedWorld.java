package io.sagaflow.testkit.mutants;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * A class loader that loads this project's classes anew, some of them changed, and leaves all
 * others to its parent. One loader has them all, for they see each other's package-private parts.
 */
final class PatchedWorld extends ClassLoader {

  private static final String OURS = "io.sagaflow.";

  private final Map<String, byte[]> changed;

  PatchedWorld(Map<String, byte[]> changed) {
    super(PatchedWorld.class.getClassLoader());
    this.changed = Map.copyOf(changed);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = changed.containsKey(name) ? changed.get(name) : original(name);
    return defineClass(name, bytes, 0, bytes.length);
  }

  private byte[] original(String name) throws ClassNotFoundException {
    String file = name.replace('.', '/') + ".class";
    try (InputStream in = getParent().getResourceAsStream(file)) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
