package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.RewriteOptions;
import io.github.bitnetort.export.RewriteReport.Decision;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.export.onnx.TypeProto;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.CustomBitMatMul;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the BitLinear layers of a model, and says of each product with constant weights why it is or is not one. */
final class MatchFinder {
    private static final int SAMPLE = 1 << 22;
    private static final int COMPUTED_COPIES = 5;

    private final GraphView view;
    private final Evaluator evaluator;
    private final OtherProducts others;
    private final RewriteOptions options;
    private final WeightSpool spool;
    private final ElementTypeInference types = new ElementTypeInference();
    private final RankInference ranks = new RankInference();
    private final Map<String, TernaryWeights> proved = new HashMap<>();
    private final List<Decision> decisions = new ArrayList<>();
    private final List<BitLinearMatch> matches = new ArrayList<>();

    MatchFinder(GraphView view, RewriteOptions options, WeightSpool spool) {
        this.view = view;
        this.evaluator = new Evaluator(view);
        this.others = new OtherProducts(view, evaluator);
        this.options = options;
        this.spool = spool;
    }

    /** Looks at every node that is in use. */
    void run(DeadCode used) {
        view.nodes().filter(used::isLive).toList().forEach(this::look);
    }

    List<BitLinearMatch> matches() {
        return matches;
    }

    List<Decision> decisions() {
        return decisions;
    }

    ElementTypeInference types() {
        return types;
    }

    private void look(Node node) {
        Optional<MatrixProduct> product = MatrixProduct.of(node).map(MatrixProduct::withoutTransposes);
        try {
            if (product.isPresent() && isMatrix(product.get())) {
                BitLinearMatch match = match(product.get());
                matches.add(match);
                decide(node, true, describe(match));
            } else {
                others.explain(node, product).ifPresent(reason -> decide(node, false, reason));
            }
        } catch (NotRewritten e) {
            decide(node, false, e.getMessage());
        } catch (EvaluationException e) {
            decide(node, false, "its weights cannot be evaluated: " + e.getMessage());
        }
    }

    private void decide(Node node, boolean rewritten, String reason) {
        decisions.add(new Decision(node.title(), node.operator(), rewritten, reason));
    }

    private boolean isMatrix(MatrixProduct product) {
        if (!evaluator.isConstant(product.matrix())) {
            return false;
        }
        int[] dims = GraphView.dims(product.matrix());
        return dims == null ? evaluator.constant(product.matrix()).rank() == 2 : dims.length == 2;
    }

    private BitLinearMatch match(MatrixProduct product) {
        int[] dims = GraphView.dims(product.matrix());
        if (dims == null) {
            dims = evaluator.constant(product.matrix()).dims();
        }
        int n = dims[product.transposed() ? 0 : 1];
        int k = dims[product.transposed() ? 1 : 0];
        checkWidth(product.left(), k);
        if (n < 1 || !ProbeRows.fits(k)) {
            throw new NotRewritten("its " + k + " columns and " + n + " rows are not 1.." + CustomBitMatMul.MAX_K
                    + " columns and at least one row");
        }
        String zeroPoint = product.zeroPointTrouble(evaluator);
        if (zeroPoint != null) {
            throw new NotRewritten(zeroPoint);
        }
        QuantizedActivation activation = activation(product, k);
        checkWidth(activation.x(), k);
        ProductEnd end = new ProductFollower(view, evaluator, activation, n, k).follow(product);
        TernaryWeights weights = weights(product);
        Ref x = beforeCasts(activation.x());
        if (types.of(x) == DataType.DOUBLE) {
            throw new NotRewritten("its activations are float64");
        }
        BitLinearMatch match = new BitLinearMatch(product, activation, end, weights, x, ModuleNames.of(product, end));
        checkFinite(match.scale(), "scale");
        checkFinite(match.bias(), "bias");
        return match;
    }

    private static void checkWidth(Ref left, int k) {
        TypeProto.Tensor type = GraphView.tensorType(left);
        int rank = type == null ? 0 : type.getShape().getDimCount();
        long width = rank == 0 ? 0 : type.getShape().getDim(rank - 1).getDimValue();
        if (width > 0 && width != k) {
            throw new NotRewritten("its weights are for " + k + " columns, and its activations have " + width);
        }
    }

    private QuantizedActivation activation(MatrixProduct product, int k) {
        try {
            return new ActivationRecognizer(evaluator, ranks).recognize(product.left(), k);
        } catch (NotRewritten e) {
            boolean none = e.getMessage().equals(ActivationRecognizer.NO_QUANTIZATION);
            if (none && options.assumeInt8Activations()) {
                int rank = ranks.of(product.left()).orElse(ProbeRows.MIN_RANK);
                int probed = Math.max(ProbeRows.MIN_RANK, Math.min(ProbeRows.MAX_RANK, rank));
                return new QuantizedActivation(product.left(), probed, rank, Activation.INT8, true, 1, Set.of());
            }
            throw none ? new NotRewritten(withoutQuantization(product)) : e;
        }
    }

    private String withoutQuantization(MatrixProduct product) {
        String state;
        try {
            TernaryProof.check(sample(product.matrix()), product.transposed());
            state = "its weights are ternary, but " + ActivationRecognizer.NO_QUANTIZATION
                    + "; assuming int8 activations would rewrite it and change what it computes";
        } catch (NotRewritten e) {
            state = "a floating point layer: " + ActivationRecognizer.NO_QUANTIZATION
                    + ", and its weights are not ternary";
        }
        return state;
    }

    /** The first rows of a matrix: enough to see what it is not. */
    private DenseTensor sample(Ref matrix) {
        Initializer initializer = view.constant(matrix);
        int[] dims = GraphView.dims(matrix);
        if (initializer != null && dims[0] > 0 && (long) dims[0] * dims[1] > SAMPLE) {
            return TensorLoader.head(initializer, Math.max(1, SAMPLE / dims[1]));
        }
        checkMemory(matrix);
        return evaluator.constant(matrix);
    }

    private TernaryWeights weights(MatrixProduct product) {
        Ref matrix = product.matrix();
        String key = System.identityHashCode(matrix.scope()) + "/" + matrix.name() + "/" + product.transposed();
        TernaryWeights known = proved.get(key);
        if (known == null) {
            checkMemory(matrix);
            known = TernaryProof.prove(evaluator.constant(matrix), product.transposed(), spool);
            proved.put(key, known);
        }
        return known;
    }

    /** A matrix is in memory as a whole, and where it is computed, several times. */
    private void checkMemory(Ref matrix) {
        int[] dims = GraphView.dims(matrix);
        if (dims != null && dims.length == 2) {
            long bytes = (long) dims[0] * dims[1] * Float.BYTES * (view.constant(matrix) == null ? COMPUTED_COPIES : 1);
            if (bytes > Runtime.getRuntime().maxMemory() * 3 / 4) {
                throw new NotRewritten("evaluating its weights takes about " + (bytes >> 20)
                        + " MiB, more than Java's heap; give it more with -Xmx");
            }
        }
    }

    private Ref beforeCasts(Ref x) {
        Node node = GraphView.producer(x);
        if (node == null || node.input(0) == null || !node.is("Cast") && !node.is("Identity")) {
            return x;
        }
        DataType from = types.of(node.input(0));
        boolean exact = from == types.of(x)
                || types.of(x) == DataType.FLOAT && (from == DataType.FLOAT16 || from == DataType.BFLOAT16);
        return exact ? beforeCasts(node.input(0)) : x;
    }

    private static void checkFinite(float[] values, String what) {
        for (int i = 0; values != null && i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new NotRewritten("its " + what + " for output " + i + " is " + values[i]);
            }
        }
    }

    private static String describe(BitLinearMatch match) {
        float[] scale = match.scale();
        return String.format(
                Locale.ROOT,
                "%s: %d x %d %s weights, %s%s, %s activations",
                match.module(),
                match.weights().n(),
                match.weights().k(),
                match.weights().binary() ? "binary" : "ternary",
                scale.length == 1 ? "scale " + scale[0] : "a scale a row",
                match.bias() == null ? "" : ", bias",
                match.activation().activation().onnxName());
    }
}
