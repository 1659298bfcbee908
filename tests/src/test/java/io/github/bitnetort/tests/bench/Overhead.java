package io.github.bitnetort.tests.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.github.bitnetort.natives.BitMatMulLibrary;
import io.github.bitnetort.natives.MatMulSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** What the op in ONNX Runtime costs beside the bare kernel, on weights that stay in the caches. */
record Overhead(NativeBench bench, Path folder, int rounds) {
    /** The smallest layer of the 2B-4T, where it weighs the most. */
    static final Shape SHAPE = new Shape("2B-4T k/v", 640, 2560);

    private static final int NODES = 100;

    /**
     * @param kernel the bare kernel's name
     * @param bareNanos a product by it, the mean of before and after
     * @param opNanos a node
     */
    record Result(int threads, String kernel, double bareNanos, double opNanos) {}

    Result measure(int threads) throws IOException, OrtException {
        CustomOperator operator = (CustomOperator) Contender.TERNARY16.operator();
        MatMulSpec spec = new MatMulSpec(
                SHAPE.n(),
                SHAPE.k(),
                operator.packing().onnxName(),
                operator.activation().onnxName(),
                0);
        String kernel = BitMatMulLibrary.chosenKernel(spec, 1, null).name();
        double before = bare(spec, kernel, threads);
        double op;
        float[] values = Activations.random(1, SHAPE.k());
        try (ModelSession session =
                        new ModelSession(ModelFile.shared(folder, Contender.TERNARY16, SHAPE, NODES), threads);
                OnnxTensor x = Activations.tensor(values, SHAPE.k())) {
            double[] nanos = new double[20 * rounds];
            for (int i = -rounds; i < nanos.length; i++) {
                double sample = session.nanosPerNode(x);
                if (i >= 0) {
                    nanos[i] = sample;
                }
            }
            Arrays.sort(nanos);
            op = nanos[nanos.length / 2];
        }
        double after = bare(spec, kernel, threads);
        return new Result(threads, kernel, (before + after) / 2, op);
    }

    private double bare(MatMulSpec spec, String kernel, int threads) throws IOException {
        return bench
                .run(
                        "kernels",
                        "--shape",
                        SHAPE.toString(),
                        "--packing",
                        spec.packing(),
                        "--activation",
                        spec.activation(),
                        "--kernel",
                        kernel,
                        "--m",
                        "1",
                        "--threads",
                        String.valueOf(threads),
                        "--memory",
                        "file",
                        "--hot",
                        "true")
                .stream()
                .filter(row -> row.get("kernel").equals(kernel))
                .mapToDouble(row -> Double.parseDouble(row.get("us")) * 1000)
                .findFirst()
                .orElseThrow(() -> new IOException("bitmatmul_bench: found no row of " + kernel));
    }
}
