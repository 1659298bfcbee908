package io.github.bitnetort.tests.bench;

import ai.onnxruntime.OrtException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Contenders that run round after round, each once, so that a noisy neighbour slows all of them. */
public final class Turns {
    private static final int WARM_UP_ROUNDS = 2;

    private Turns() {}

    /** Something that is timed. */
    @FunctionalInterface
    public interface Sample {
        double nanos() throws OrtException;
    }

    /** The median of each one's nanoseconds, after rounds that warm up. */
    public static <C> Map<C, Double> medians(Map<C, Sample> contenders, int rounds) throws OrtException {
        Map<C, double[]> times = new LinkedHashMap<>();
        contenders.keySet().forEach(contender -> times.put(contender, new double[rounds]));
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            for (Map.Entry<C, Sample> contender : contenders.entrySet()) {
                double nanos = contender.getValue().nanos();
                if (round >= 0) {
                    times.get(contender.getKey())[round] = nanos;
                }
            }
        }
        Map<C, Double> medians = new LinkedHashMap<>();
        times.forEach((contender, nanos) -> {
            Arrays.sort(nanos);
            medians.put(contender, nanos[nanos.length / 2]);
        });
        return medians;
    }
}
