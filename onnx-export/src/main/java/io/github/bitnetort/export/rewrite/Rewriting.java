package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.RewriteOptions;
import io.github.bitnetort.export.RewriteReport;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.model.PortableBody;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.Packing;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One rewriting of a model; what was proved lies in a temporary file until this is closed. */
public final class Rewriting implements Closeable {
    private final RewriteOptions options;
    private final Path output;
    private final WeightSpool spool;
    private final List<String> notes = new ArrayList<>();

    /** @param output the file that the model will be written to */
    public Rewriting(RewriteOptions options, Path output) throws IOException {
        this.options = options;
        this.output = output;
        this.spool = WeightSpool.beside(output);
    }

    /** Changes the model; it can be written until this is closed. A model without layers is not to be used. */
    public RewriteReport run(OnnxModel model) throws IOException {
        FunctionInliner inliner = new FunctionInliner(model);
        notes.addAll(inliner.notes());
        Set<String> called = inliner.calledFunctions();
        int inlined = inliner.hasCalls() ? inlineCallsWithLayers(model, inliner) : 0;
        GraphView view = new GraphView(model);
        DeadCode before = DeadCode.of(view);
        MatchFinder finder = find(view, before);
        List<BitLinearMatch> matches = finder.matches();
        if (matches.isEmpty()) {
            return report(finder, 0, 0, 0, 0, false);
        }
        Packing packing = packing(matches);
        boolean bias = matches.stream().anyMatch(match -> match.end().affine().bias() != null);
        GraphEditor editor = new GraphEditor(model, view, finder.types(), packing, bias);
        List<LayerGroup> groups = GraphEditor.groups(matches, options.merge());
        boolean half = matches.stream().anyMatch(match -> isBfloat16(finder, match));
        groups.forEach(editor::replace);
        int removed = DeadCode.of(view).removeUnused(before);
        view.store();
        inliner.dropUncalled(called);
        int lifted = half ? HalfPrecision.lift(model) : 0;
        model.opsets().putIfAbsent(CustomBitMatMul.DOMAIN, (long) CustomBitMatMul.OPSET_VERSION);
        boolean body = addBody(model, matches, packing, bias);
        return report(finder, groups.size(), removed, inlined, lifted, body);
    }

    private MatchFinder find(GraphView view, DeadCode used) {
        MatchFinder finder = new MatchFinder(view, options, spool);
        finder.run(used);
        return finder;
    }

    /** Inlines the calls that layers were found in when all were; the others stay calls. Returns how many. */
    private int inlineCallsWithLayers(OnnxModel model, FunctionInliner inliner) {
        List<NodeProto> original = List.copyOf(model.graph().nodes());
        inliner.inlineAll();
        GraphView view = new GraphView(model);
        Set<Integer> positions = new HashSet<>();
        for (BitLinearMatch match : find(view, DeadCode.of(view)).matches()) {
            List<Node> nodes = new ArrayList<>(match.end().nodes());
            nodes.addAll(match.activation().nodes());
            nodes.addAll(view.constantNodes(match.product().matrix()));
            nodes.stream()
                    .map(node -> inliner.origin(node.proto()))
                    .filter(position -> position != null)
                    .forEach(positions::add);
        }
        model.graph().nodes().clear();
        model.graph().nodes().addAll(original);
        inliner.inline(positions);
        return positions.size();
    }

    private static boolean isBfloat16(MatchFinder finder, BitLinearMatch match) {
        return finder.types().of(match.x()) == DataType.BFLOAT16
                || finder.types().of(match.end().output()) == DataType.BFLOAT16;
    }

    private Packing packing(List<BitLinearMatch> matches) {
        if (options.packing() != null) {
            return options.packing();
        }
        boolean binary = matches.stream().allMatch(match -> match.weights().binary());
        return binary ? Packing.BINARY32 : Packing.TERNARY16;
    }

    private boolean addBody(OnnxModel model, List<BitLinearMatch> matches, Packing packing, boolean bias) {
        if (!options.functionBody()) {
            return false;
        }
        Set<Activation> activations = new HashSet<>();
        matches.forEach(match -> activations.add(match.activation().activation()));
        if (activations.size() > 1) {
            notes.add(
                    "The op is not written in standard operators: a model holds one form of it, and these layers need "
                            + "one for int8 and one for sign activations.");
            return false;
        }
        long opset = model.opset(OnnxOperator.ONNX_DOMAIN);
        if (opset < PortableBody.OLDEST_OPSET) {
            notes.add("The op is not written in standard operators: that takes operator set "
                    + PortableBody.OLDEST_OPSET + ", and the model has " + opset + ".");
            return false;
        }
        PortableBody.Variant variant =
                new PortableBody.Variant(packing, activations.iterator().next(), 0, bias);
        model.functions().add(PortableBody.of(variant, opset));
        model.requireIrVersion(OnnxModel.IR_VERSION);
        return true;
    }

    private RewriteReport report(MatchFinder finder, int nodes, int removed, int inlined, int lifted, boolean body) {
        return new RewriteReport(output, finder.decisions(), nodes, removed, inlined, lifted, body, notes);
    }

    @Override
    public void close() throws IOException {
        spool.close();
    }
}
