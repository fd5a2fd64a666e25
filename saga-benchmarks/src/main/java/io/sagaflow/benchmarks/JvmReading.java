package io.sagaflow.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What this JVM has used until now.
 *
 * @param cpuNanos processor time of all its threads, the collector's and the compiler's too
 * @param allocatedBytes allocated on the heap by the threads that live; exact for a span in which
 *     no thread ends. Virtual threads count by the threads that carry them
 */
record JvmReading(long cpuNanos, long allocatedBytes) {

  static JvmReading now() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new JvmReading(system.getProcessCpuTime(), allocatedByThreads());
  }

  JvmReading since(JvmReading before) {
    return new JvmReading(cpuNanos - before.cpuNanos, allocatedBytes - before.allocatedBytes);
  }

  private static long allocatedByThreads() {
    ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    long sum = 0;
    for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
      sum += Math.max(0, bytes); // -1 for one that has just ended
    }
    return sum;
  }

  /** The heap in use after a full collection. */
  static long heapInUse() {
    for (int i = 0; i < 3; i++) { // references of different strengths fall in turn
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
