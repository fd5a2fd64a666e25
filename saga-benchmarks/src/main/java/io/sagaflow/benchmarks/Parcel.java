package io.sagaflow.benchmarks;

/**
 * The input of the measured sagas.
 *
 * @param orderId what it is about
 * @param amountInCents a number among its data
 * @param rejected whether the last step rejects it
 * @param padding makes it as large as is wanted
 */
record Parcel(String orderId, long amountInCents, boolean rejected, String padding) {}
