package io.sagaflow.chaos;

import java.io.ByteArrayOutputStream;

/**
 * What a client sends before it waits for an answer.
 *
 * @param bytes all of it
 * @param appends whether it writes journal records
 * @param commitsEffects whether it commits a transaction that wrote to the ledger beside the
 *     journal
 */
record Exchange(ByteArrayOutputStream bytes, boolean appends, boolean commitsEffects) {}
