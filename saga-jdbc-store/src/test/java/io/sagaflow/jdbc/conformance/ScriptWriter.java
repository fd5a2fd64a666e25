package io.sagaflow.jdbc.conformance;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.jdbc.conformance.World.Observation;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Release;
import io.sagaflow.testkit.database.DatabaseClient;
import io.sagaflow.testkit.database.Exchange;
import io.sagaflow.testkit.database.Fate.Outcome;
import io.sagaflow.testkit.database.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Writes a random script while it runs in the simulation, so that most of its steps make sense: the
 * owner appends the next number, a command is consumed that somebody has seen.
 */
final class ScriptWriter {

  private static final int STEPS = 30;
  private static final int MOST_OPEN = 4;
  private static final int MOST_SAGAS = 6;
  private static final Pattern COMMAND = Pattern.compile("\\bc[0-9]+\\b");

  private final SplittableRandom random;
  private final SimulatedWorld world;
  private final List<Step> steps = new ArrayList<>();
  private final List<Observation> seen = new ArrayList<>();

  /** All nodes that have joined, and each client's latest. */
  private final List<String> nodes = new ArrayList<>();

  private final Map<Integer, String> current = new TreeMap<>();
  private final Map<Integer, Action.Join> joins = new HashMap<>();
  private final List<SagaId> sagas = new ArrayList<>();
  private final Map<SagaId, Long> nextSeq = new HashMap<>();
  private final Map<String, SagaId> commands = new TreeMap<>();

  ScriptWriter(long seed, SimulatedWorld world) {
    this.random = new SplittableRandom(seed);
    this.world = world;
  }

  /** A script, and what is to be seen after each of its steps. */
  record Script(List<Step> steps, List<Observation> seen) {}

  Script write() {
    for (int client = 0; client < World.CLIENTS; client++) {
      take(client, join(name(client)), Outcome.ANSWERED);
    }
    for (int i = 0; i < STEPS && isCertain(); i++) {
      takeAny();
    }
    decideAll();
    if (isCertain()) {
      lookAtEverything();
    }
    return new Script(steps, seen);
  }

  /**
   * PostgreSQL doesn't promise in which order those go on that wait for the same, so a script ends
   * where two do: for one lock, for one process's transactions, as it isn't seen which of its
   * lanes' they are, or for a lane that has more to write when its batch is decided. Nor does it
   * promise whom it chooses to end a cycle.
   */
  private boolean isCertain() {
    List<Wait> waits = world.database.waits();
    Map<DatabaseClient, List<Wait>> byBlocker = new HashMap<>();
    for (Wait wait : waits) {
      for (DatabaseClient blocker : wait.blockers()) {
        byBlocker.computeIfAbsent(blocker, key -> new ArrayList<>()).add(wait);
      }
    }
    return world.database.longestQueue() < 2
        && world.database.cycles() == 0
        && waits.stream().noneMatch(this::racesWithALane)
        && byBlocker.values().stream().allMatch(this::goOnInOneOrder);
  }

  /**
   * One alone does. So do the repeat of a batch in doubt and who deletes its node: the repeat has
   * passed the fence, and the other has to wait for it, too.
   */
  private boolean goOnInOneOrder(List<Wait> waits) {
    return waits.size() == 1
        || (waits.size() == 2
            && waits.stream().anyMatch(this::repeatsOwnBatch)
            && waits.stream().anyMatch(wait -> deletesNode(wait.exchange())));
  }

  private static boolean deletesNode(Exchange exchange) {
    return switch (exchange) {
      case JOIN, EVICT, LEAVE -> true;
      case BATCH, CLAIM, HEARTBEAT, RELEASE_ORPHANS, POST, PURGE, LOCK, TRANSACTION, READ -> false;
    };
  }

  private boolean repeatsOwnBatch(Wait wait) {
    int client = world.number(wait.client());
    return wait.exchange() == Exchange.BATCH
        && wait.blockers().equals(Set.of(wait.client()))
        && world.inDoubt().stream()
            .map(step -> steps.get(step - 1))
            .filter(step -> step.client() == client)
            .allMatch(step -> step.action() instanceof Action.Write);
  }

  private boolean racesWithALane(Wait wait) {
    return wait.blockers().stream()
        .filter(blocker -> blocker != wait.client() || wait.exchange() != Exchange.BATCH)
        .anyMatch(blocker -> anyLaneHasMore(world.number(blocker)));
  }

  private boolean anyLaneHasMore(int client) {
    return IntStream.rangeClosed(1, world.lanes).anyMatch(lane -> openWrites(client, lane) > 1);
  }

  private long openWrites(int client, int lane) {
    return world.open().stream()
        .map(step -> steps.get(step - 1))
        .filter(step -> step.client() == client)
        .filter(step -> step.action() instanceof Action.Write write && lane(write) == lane)
        .count();
  }

  private int lane(Action.Write write) {
    return write.lane(world.lanes);
  }

  private void take(int client, Action action, Outcome outcome) {
    Step step = new Step(steps.size() + 1, client, action, outcome);
    Observation observation = world.take(step);
    steps.add(step);
    seen.add(observation);
    observation.ended().forEach(this::learn);
  }

  /** Learns who has joined, and which commands were seen. */
  private void learn(String ended) {
    int step = Integer.parseInt(ended.substring(0, ended.indexOf(' ')));
    Action.Join join = joins.get(step);
    if (join != null && ended.endsWith(" joined")) {
      nodes.add(join.node());
      current.put(steps.get(step - 1).client(), join.node());
    }
    Matcher named = COMMAND.matcher(ended);
    while (named.find()) {
      int posted = Integer.parseInt(named.group().substring(1));
      if (steps.get(posted - 1).action() instanceof Action.Post post) {
        commands.put(named.group(), post.saga());
      }
    }
  }

  private void takeAny() {
    if (!world.inDoubt().isEmpty() && (chance(20) || world.open().size() >= MOST_OPEN)) {
      take(0, new Action.Decide(oneOf(List.copyOf(world.inDoubt()))), Outcome.ANSWERED);
      return;
    }
    int client = random.nextInt(World.CLIENTS);
    Action action = any(client);
    take(client, action, outcome(client, action));
  }

  private Outcome outcome(int client, Action action) {
    boolean laneIsBusy =
        action instanceof Action.Write write && openWrites(client, lane(write)) > 0;
    if (!chance(30) || laneIsBusy) {
      return Outcome.ANSWERED; // a batch that is halved would meet the fate of the next
    }
    return oneOf(
        List.of(
            Outcome.NOT_SENT,
            Outcome.ABORTED,
            Outcome.ANSWER_LOST,
            Outcome.COMMITTED_LATER,
            Outcome.COMMITTED_LATER,
            Outcome.ABORTED_LATER));
  }

  private Action any(int client) {
    int dice = random.nextInt(100);
    if (sagas.isEmpty() || dice < 12) {
      return start(client);
    }
    if (dice < 45 && !existing().isEmpty()) {
      return append(client);
    }
    if (dice < 55) {
      return post();
    }
    if (dice < 65) {
      return new Action.Claim(node(client), Duration.ofSeconds(random.nextInt(3) * 60L));
    }
    if (dice < 68) {
      return new Action.EvictSilent(oneOf(nodes), random.nextInt(3));
    }
    if (dice < 71) {
      return new Action.Evict(oneOf(nodes));
    }
    if (dice < 77) {
      return new Action.ReleaseOrphans(1 + random.nextInt(3));
    }
    if (dice < 82) {
      return join(name(random.nextInt(World.CLIENTS)));
    }
    if (dice < 87) {
      return new Action.Renew(node(client));
    }
    if (dice < 90) {
      return new Action.Leave(node(client), chance(50) ? Set.of(oneOf(sagas)) : Set.of());
    }
    return look(client);
  }

  private Action look(int client) {
    return switch (random.nextInt(4)) {
      case 0 -> new Action.Nodes();
      case 1 -> new Action.Commands(node(client), 1 + random.nextInt(3));
      case 2 -> new Action.Load(oneOf(sagas));
      default -> new Action.Look(key(), List.copyOf(sagas));
    };
  }

  private Action join(String name) {
    int step = steps.size() + 1;
    Action.Join join = new Action.Join("n" + step, name);
    joins.put(step, join);
    return join;
  }

  private Action post() {
    return new Action.Post(oneOf(sagas), steps.size() + 1);
  }

  private Action start(int client) {
    SagaId saga =
        sagas.size() >= MOST_SAGAS || (!sagas.isEmpty() && chance(5))
            ? oneOf(sagas)
            : Names.saga(sagas.size() + 1);
    if (!sagas.contains(saga)) {
      sagas.add(saga);
      nextSeq.put(saga, 2L);
    }
    return new Action.Start(node(client), saga, key(), steps.size() + 1);
  }

  private Action append(int client) {
    SagaId saga = oneOf(chance(80) ? owned(client) : existing());
    long next = nextSeq.getOrDefault(saga, 2L);
    long first = chance(85) ? next : 1 + random.nextInt((int) next + 2);
    List<Long> seqs = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      seqs.add(first++);
    }
    nextSeq.put(saga, Math.max(next, first));
    return new Action.Append(
        node(client),
        saga,
        seqs,
        status(),
        release(),
        consumed(saga),
        chance(40),
        steps.size() + 1);
  }

  /** Sagas that the client's node owns, or all if there are none. */
  private List<SagaId> owned(int client) {
    NodeId node = world.names.node(current.get(client));
    List<SagaId> existing = existing();
    List<SagaId> owned =
        existing.stream()
            .filter(saga -> world.database.owner(saga).equals(Optional.of(node)))
            .toList();
    return owned.isEmpty() ? existing : owned;
  }

  /**
   * Sagas that were started. PostgreSQL takes records of others, too, since no key refers from the
   * journal to the saga; the simulation refuses them, and an engine that writes them is broken.
   */
  private List<SagaId> existing() {
    return sagas.stream().filter(saga -> world.database.status(saga).isPresent()).toList();
  }

  private Optional<SagaStatus> status() {
    int dice = random.nextInt(10);
    if (dice == 0) {
      return Optional.of(SagaStatus.COMPLETED);
    }
    return dice < 3 ? Optional.of(SagaStatus.COMPENSATING) : Optional.empty();
  }

  private Optional<Release> release() {
    return switch (random.nextInt(6)) {
      case 0 -> Optional.of(Release.untilCommand());
      case 1 -> Optional.of(Release.until(Action.NOW.plusSeconds(random.nextInt(3) * 60L)));
      default -> Optional.empty();
    };
  }

  private List<String> consumed(SagaId saga) {
    List<String> its =
        commands.entrySet().stream()
            .filter(entry -> entry.getValue().equals(saga))
            .map(Map.Entry::getKey)
            .toList();
    return its.isEmpty() || chance(40) ? List.of() : List.of(oneOf(its));
  }

  private void decideAll() {
    while (isCertain() && !world.inDoubt().isEmpty()) {
      take(0, new Action.Decide(world.inDoubt().first()), Outcome.ANSWERED);
    }
  }

  /** Who owns what, and all that is there, as far as the store shows it. */
  private void lookAtEverything() {
    take(0, new Action.Nodes(), Outcome.ANSWERED);
    take(0, join("last"), Outcome.ANSWERED);
    String last = current.get(0);
    for (SagaId saga : List.copyOf(sagas)) {
      take(0, new Action.Load(saga), Outcome.ANSWERED);
    }
    claimUntilNothingIsDue(last);
    for (String node : List.copyOf(nodes)) {
      if (!node.equals(last)) {
        take(0, new Action.Commands(node, 100), Outcome.ANSWERED);
        take(0, new Action.Evict(node), Outcome.ANSWERED);
        take(0, new Action.ReleaseOrphans(100), Outcome.ANSWERED);
        take(0, new Action.Claim(last, Duration.ZERO), Outcome.ANSWERED);
      }
    }
  }

  private void claimUntilNothingIsDue(String last) {
    for (int minutes = 0; minutes < 3; minutes++) {
      take(0, new Action.Claim(last, Duration.ofMinutes(minutes)), Outcome.ANSWERED);
    }
  }

  /** Mostly the client's own. */
  private String node(int client) {
    return chance(90) ? current.get(client) : oneOf(nodes);
  }

  private static String name(int client) {
    return List.of("a", "b", "c").get(client);
  }

  private String key() {
    return "k" + random.nextInt(5);
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T oneOf(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
