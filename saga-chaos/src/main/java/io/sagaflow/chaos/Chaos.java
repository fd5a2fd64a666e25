package io.sagaflow.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sagaflow.chaos.audit.Auditor;
import io.sagaflow.chaos.audit.Finding;
import io.sagaflow.chaos.audit.Pause;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;

/** One run: quiet, then chaos, then everything is healed and comes to rest, then the audit. */
final class Chaos {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration FIRST_ROUND = Duration.ofMinutes(2);
  private static final double MISBEHAVING = 0.12;

  private final Options options;
  private final PrintStream err;
  private final List<Pause> pauses = new CopyOnWriteArrayList<>();
  private final Auditor auditor = new Auditor(Plans.all());

  Chaos(Options options, PrintStream err) {
    this.options = options;
    this.err = err;
  }

  Report run() throws Exception {
    try (Databases databases = Databases.start(options.directory(), options.topology());
        Child participants = participants(databases);
        Fleet fleet = Fleet.start(options, databases, participants.awaitPort(), pauses);
        Monitor monitor = new Monitor(databases, auditor, pauses, err)) {
      monitor.start();
      Scene scene = new Scene(databases, participants.awaitPort(), fleet, monitor);
      return play(scene);
    }
  }

  /** Everything that runs. */
  private record Scene(Databases databases, int participants, Fleet fleet, Monitor monitor) {}

  private Child participants(Databases databases) throws IOException {
    return Child.start(
        "participants",
        options.directory(),
        List.of("participants", "--url", databases.ledgerUrl(), "--seed", "" + options.seed()));
  }

  private Report play(Scene scene) throws Exception {
    SplittableRandom random = new SplittableRandom(options.seed());
    try (Acknowledged acknowledged = new Acknowledged(options.directory());
        PrintStream log = log()) {
      Monitor monitor = scene.monitor();
      Clients clients =
          new Clients(
              scene.fleet().nodes(),
              acknowledged,
              () -> monitor.counts().load() < options.inFlight());
      Recoveries recoveries = new Recoveries(scene.databases().journal());
      Strikes strikes = strikes(scene.databases(), clients, recoveries);
      Nemesis nemesis = new Nemesis(scene.fleet().nodes(), strikes, random.split(), log);
      monitor.tells(nemesis::summary);
      clients.start(random.split());
      Throughput throughput = phases(scene, clients, nemesis);
      clients.end();
      boolean rested = rest(scene);
      Outcome outcome = new Outcome(options, scene.databases(), monitor, clients);
      return outcome.report(
          new Outcome.Parts(nemesis.fired(), recoveries, throughput, rested),
          audit(scene, acknowledged));
    }
  }

  private PrintStream log() throws IOException {
    Path file = options.directory().resolve("nemesis.log");
    return new PrintStream(Files.newOutputStream(file), true, UTF_8);
  }

  private List<Finding> audit(Scene scene, Acknowledged acknowledged) throws Exception {
    err.println("auditing");
    return new FinalAudit(scene.databases(), auditor, pauses).run(acknowledged.promises());
  }

  private Strikes strikes(Databases databases, Clients clients, Recoveries recoveries) {
    JournalServer journal = databases.journal();
    return new Strikes(
        options.topology(),
        new NodeFaults(options.lease(), recoveries),
        new NetworkFaults(journal, options.lease()),
        new DatabaseFaults(databases),
        new PoisonFaults(clients, journal, options.parked()));
  }

  private Throughput phases(Scene scene, Clients clients, Nemesis nemesis) throws Exception {
    scene.monitor().phase("warm-up");
    Await.pause(options.quiet().toMillis());
    scene.monitor().phase("quiet");
    double quiet = endedPerSecond(scene.monitor(), () -> Await.pause(options.quiet().toMillis()));
    if (clients.started() == 0) {
      throw new NotUsableException(
          "No saga could be started while all was well: " + clients.lastRefusal());
    }
    scene.monitor().phase("chaos");
    misbehave(scene, MISBEHAVING);
    double chaos =
        endedPerSecond(
            scene.monitor(),
            () -> {
              nemesis.start();
              Await.pause(options.chaos().toMillis());
              Await.until(FIRST_ROUND, nemesis::hasDoneAll);
              nemesis.rest();
            });
    misbehave(scene, 0);
    return new Throughput(quiet, chaos);
  }

  private static double endedPerSecond(Monitor monitor, NodeSlot.Interlude phase) throws Exception {
    long before = monitor.counts().ended();
    long startedAt = System.nanoTime();
    phase.run();
    return (monitor.counts().ended() - before) * 1e9 / (System.nanoTime() - startedAt);
  }

  private static void misbehave(Scene scene, double share)
      throws IOException, InterruptedException {
    Http.Answer unused =
        new Http()
            .post(
                scene.participants(),
                "/misbehave?share=" + share,
                Map.of(),
                Duration.ofSeconds(10));
  }

  /** Heals everything, and waits until no saga is under way. Answers whether that came about. */
  private boolean rest(Scene scene) throws Exception {
    scene.monitor().phase("resting");
    scene.fleet().heal();
    boolean rested =
        Await.until(PATIENCE.plus(options.nap()), () -> scene.monitor().counts().underWay() == 0);
    Await.pause(ParticipantServer.LATEST_MILLIS); // by then the last call has come, however late
    return rested;
  }

  /** Sagas ended a second. */
  record Throughput(double quiet, double chaos) {}

  /** The coordinators. */
  record Fleet(List<NodeSlot> nodes) implements AutoCloseable {

    Fleet {
      nodes = List.copyOf(nodes);
    }

    static Fleet start(Options options, Databases databases, int participants, List<Pause> pauses)
        throws IOException, InterruptedException {
      List<NodeSlot> nodes = new ArrayList<>();
      NodeSlot.Setting setting =
          new NodeSlot.Setting(
              options,
              participants,
              pauses,
              databases::entranceUrl,
              new ClassArchive(options.directory()));
      for (int i = 1; i <= options.nodes(); i++) {
        String name = "n" + i;
        NodeSlot node = new NodeSlot(name, setting, Proxy.start(name, databases::entrance));
        nodes.add(node);
        if (i == 1) {
          node.rehearse();
        }
        node.start(NodeSlot.Equipment.FULL);
      }
      Fleet fleet = new Fleet(nodes);
      for (NodeSlot node : nodes) {
        if (!node.awaitReady()) {
          fleet.close();
          throw new NotUsableException(
              "A coordinator doesn't start: see "
                  + options.directory()
                  + "/"
                  + node.name()
                  + ".log");
        }
      }
      return fleet;
    }

    /** Nothing is in anybody's way any more, and every node has everything. */
    void heal() throws IOException, InterruptedException {
      for (NodeSlot node : nodes) {
        node.proxy().weather().clear();
        if (!node.isAlive()) {
          boolean unused = node.restart(NodeSlot.Equipment.FULL); // if not, no saga comes to rest
        }
      }
    }

    @Override
    public void close() throws IOException {
      for (NodeSlot node : nodes) {
        node.close();
      }
    }
  }
}
