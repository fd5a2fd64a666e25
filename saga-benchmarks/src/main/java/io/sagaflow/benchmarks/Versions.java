package io.sagaflow.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** On what a figure was measured. */
final class Versions {

  private Versions() {}

  static Map<String, Object> all(@Nullable ServerSettings server) {
    Map<String, Object> versions = new LinkedHashMap<>();
    versions.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    versions.put("cpus", Runtime.getRuntime().availableProcessors());
    versions.put("heap_mib", Runtime.getRuntime().maxMemory() >> 20);
    if (server != null) {
      versions.put("postgresql", server.version());
    }
    return versions;
  }
}
