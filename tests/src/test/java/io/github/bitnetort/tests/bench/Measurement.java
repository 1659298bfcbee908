package io.github.bitnetort.tests.bench;

/**
 * A row of the table.
 *
 * @param nanos median time of a node
 * @param failure why there is no time; null where there is
 */
record Measurement(Contender contender, Shape shape, int m, int threads, double nanos, String failure) {
    static Measurement of(Contender contender, Shape shape, int m, int threads, double nanos) {
        return new Measurement(contender, shape, m, threads, nanos, null);
    }

    static Measurement failed(Contender contender, Shape shape, int m, int threads, String failure) {
        return new Measurement(contender, shape, m, threads, Double.NaN, failure);
    }

    /** Bytes of weights a nanosecond. */
    double bytes() {
        return contender.operator().bytes(shape) / nanos;
    }

    /** Weights a nanosecond; each one counts for each row of X. */
    double weights() {
        return (double) m * shape.weights() / nanos;
    }

    /** Operations a nanosecond: a product and its sum are two. */
    double operations() {
        return 2 * weights();
    }
}
