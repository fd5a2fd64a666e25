package io.sagaflow.jdbc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How PostgreSQL has executed a statement.
 *
 * @param text what EXPLAIN ANALYZE says
 */
record Plan(String text) {

  private static final Pattern ROWS = Pattern.compile("rows=([0-9.]+) loops=(\\d+)");
  private static final Pattern REMOVED = Pattern.compile("Rows Removed by Filter: (\\d+)");

  /** The rows of the node that had most, and those that it has thrown away. */
  long mostRows() {
    double most = 0;
    Matcher rows = ROWS.matcher(text);
    while (rows.find()) {
      most = Math.max(most, Double.parseDouble(rows.group(1)) * Long.parseLong(rows.group(2)));
    }
    Matcher removed = REMOVED.matcher(text);
    while (removed.find()) {
      most = Math.max(most, Double.parseDouble(removed.group(1)));
    }
    return Math.round(most);
  }
}
