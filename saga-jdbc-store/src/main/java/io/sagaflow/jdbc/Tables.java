package io.sagaflow.jdbc;

import java.util.regex.Pattern;

/** Where the tables are. Names are checked, since they become part of SQL. */
record Tables(String schema, String prefix) {

  private static final Pattern IDENTIFIER = Pattern.compile("[a-z][a-z0-9_]{0,29}");

  /**
   * The advisory lock of the business key in a row's columns: held by a transaction of a user's
   * that has started a saga with it.
   */
  private static final String KEY =
      "hashtextextended('${t}' || definition || ' ' || business_key, 0)";

  Tables {
    check("schema", schema);
    check("tablePrefix", prefix);
  }

  private static void check(String option, String name) {
    if (!IDENTIFIER.matcher(name).matches()) {
      throw new IllegalArgumentException(
          option
              + " must be 1 to 30 lower-case letters, digits and underscores, and begin with a"
              + " letter; got \""
              + name
              + "\"");
    }
  }

  /** Fills the placeholders in SQL. */
  String fill(String sql) {
    return sql.replace("${key}", KEY)
        .replace("${schema}", schema)
        .replace("${prefix}", prefix)
        .replace("${t}", schema + "." + prefix);
  }

  @Override
  public String toString() {
    return schema + "." + prefix + "*";
  }
}
