package io.sagaflow.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says what two {@linkplain Plan#shape shapes} of a definition have different, for people. A pure
 * function of texts: the older one may be from another release.
 */
public final class ShapeChange {

  private static final String AFTER = "after ";

  private final Map<String, List<String>> before;
  private final Map<String, List<String>> now;
  private final List<String> changes = new ArrayList<>();

  private ShapeChange(String before, String now) {
    this.before = parse(before);
    this.now = parse(now);
  }

  /**
   * Says what has changed.
   *
   * @param before a plan's shape
   * @param now another's
   * @return what is different, each in a clause without a full stop; empty if nothing is
   */
  public static List<String> between(String before, String now) {
    ShapeChange change = new ShapeChange(before, now);
    change.compareNames();
    change.compareOrder();
    change.compareSteps();
    return change.changes;
  }

  /** Names to what is said of each step, in the order of the steps. */
  private static Map<String, List<String>> parse(String shape) {
    Map<String, List<String>> steps = new LinkedHashMap<>();
    for (String line : shape.split("\n", -1)) {
      List<String> parts = Arrays.asList(line.split(":", -1));
      steps.put(parts.get(0), parts.subList(1, parts.size()));
    }
    return steps;
  }

  private void compareNames() {
    List<String> removed = without(before.keySet(), now.keySet());
    List<String> added = without(now.keySet(), before.keySet());
    for (String old : List.copyOf(removed)) {
      added.stream()
          .filter(fresh -> isLikelyTheSame(old, fresh))
          .findFirst()
          .ifPresent(
              fresh -> {
                changes.add("step " + old + " was renamed to " + fresh + ", or replaced by it");
                removed.remove(old);
                added.remove(fresh);
              });
    }
    removed.forEach(name -> changes.add("step " + name + " was removed"));
    added.forEach(name -> changes.add("step " + name + " was added" + place(name)));
  }

  private static List<String> without(Set<String> names, Set<String> others) {
    return new ArrayList<>(names.stream().filter(name -> !others.contains(name)).toList());
  }

  /** In the same place, and nothing else is different. */
  private boolean isLikelyTheSame(String old, String fresh) {
    return List.copyOf(before.keySet()).indexOf(old) == List.copyOf(now.keySet()).indexOf(fresh)
        && before.size() == now.size()
        && said(before, old).equals(said(now, fresh));
  }

  private String place(String name) {
    List<String> names = List.copyOf(now.keySet());
    int index = names.indexOf(name);
    return index == 0 ? " as the first" : " behind " + names.get(index - 1);
  }

  private void compareOrder() {
    List<String> old = before.keySet().stream().filter(now::containsKey).toList();
    List<String> fresh = now.keySet().stream().filter(before::containsKey).toList();
    if (!old.equals(fresh)) {
      changes.add(
          "the order was " + String.join(", ", old) + " and is " + String.join(", ", fresh));
    }
  }

  private void compareSteps() {
    for (String name : before.keySet()) {
      if (now.containsKey(name)) {
        compareStep(name, said(before, name), said(now, name));
      }
    }
  }

  private void compareStep(String name, List<String> old, List<String> fresh) {
    if (!old.get(0).equals(fresh.get(0))) {
      changes.add("step " + name + " was " + old.get(0) + " and is " + fresh.get(0));
    }
    Set<String> marks = new TreeSet<>();
    Stream.of(old, fresh).forEach(said -> marks.addAll(said.subList(1, said.size())));
    marks.removeIf(mark -> mark.startsWith(AFTER));
    for (String mark : marks) {
      if (old.contains(mark) != fresh.contains(mark)) {
        changes.add(
            "step " + name + (fresh.contains(mark) ? " got " : " lost ") + Trait.describe(mark));
      }
    }
    if (List.copyOf(before.keySet()).equals(List.copyOf(now.keySet()))
        && !waits(before, name).equals(waits(now, name))) {
      changes.add(
          "step "
              + name
              + " waited for "
              + waits(before, name)
              + " and waits for "
              + waits(now, name));
    }
  }

  /** For which steps a step waits: those that are said, or the one before it. */
  private static String waits(Map<String, List<String>> steps, String name) {
    List<String> names = List.copyOf(steps.keySet());
    int index = names.indexOf(name);
    String sequence = index == 0 ? "" : Integer.toString(index - 1);
    String indexes =
        said(steps, name).stream()
            .filter(mark -> mark.startsWith(AFTER))
            .map(mark -> mark.substring(AFTER.length()))
            .findFirst()
            .orElse(sequence);
    return indexes.isEmpty()
        ? "none"
        : Stream.of(indexes.split(","))
            .map(each -> names.get(Integer.parseInt(each)))
            .collect(Collectors.joining(" and "));
  }

  private static List<String> said(Map<String, List<String>> steps, String name) {
    return steps.getOrDefault(name, List.of(""));
  }
}
