package io.sagaflow.testkit.mutants;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Lets the simulator hunt in a world of changed classes. */
final class Hunter {

  private static final String SIMULATOR = "io.sagaflow.testkit.simulation.Hunt";
  private static final Duration LONGEST_SEED = Duration.ofSeconds(60);

  private final Method hunt;

  /** Takes the changed classes; none of them for the code as it is. */
  Hunter(Map<String, byte[]> changed) {
    try {
      Class<?> simulator = new PatchedWorld(changed).loadClass(SIMULATOR);
      this.hunt = simulator.getMethod("hunt", long.class, long.class, long.class);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("The simulator can't be loaded", e);
    }
  }

  /**
   * What was found.
   *
   * @param seed the seed that shows it
   * @param oracle the name of what was violated
   * @param what what is wrong, in a line
   * @param sagas how many sagas were run until then
   */
  record Found(long seed, String oracle, String what, long sagas) {}

  /**
   * Runs seeds one after the other until one fails.
   *
   * @throws TimeoutException if a seed goes on for ever, which the simulator should notice itself
   */
  Optional<Found> hunt(long firstSeed, long seeds, Duration atMost) throws Exception {
    FutureTask<String[]> task =
        new FutureTask<>(() -> (String[]) hunt.invoke(null, firstSeed, seeds, atMost.toMillis()));
    Thread thread = new Thread(task, "hunt");
    thread.setDaemon(true);
    thread.start();
    String[] found = task.get(atMost.plus(LONGEST_SEED).toMillis(), TimeUnit.MILLISECONDS);
    return found.length == 0
        ? Optional.empty()
        : Optional.of(
            new Found(Long.parseLong(found[0]), found[1], found[2], Long.parseLong(found[3])));
  }
}
