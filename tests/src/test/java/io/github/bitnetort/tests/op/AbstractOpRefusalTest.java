package io.github.bitnetort.tests.op;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that break an op's contract: each is refused with a message that names node, place, found and wanted. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class AbstractOpRefusalTest {
    private final String opType;
    private final String node;

    /**
     * @param opType the operator
     * @param node the name of the good model's node
     */
    protected AbstractOpRefusalTest(String opType, String node) {
        this.opType = opType;
        this.node = node;
    }

    /** A way to break a good model, and what the message must say besides the node's name. */
    protected record Breakage(String name, Consumer<OnnxModel> how, List<String> says) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** A new model of one node that keeps to the contract, without the function body. */
    protected abstract OnnxModel good();

    /** What makes the session's creation fail. */
    protected abstract List<Breakage> breakages();

    @Test
    void unbrokenModelIsTaken() throws OrtException {
        createSession(good());
    }

    @ParameterizedTest
    @MethodSource("breakages")
    void sessionIsRefused(Breakage breakage) {
        OnnxModel model = good();
        breakage.how.accept(model);
        assertSessionIsRefused(model, breakage.says);
    }

    /** Holds that the session's creation fails. */
    protected final void assertSessionIsRefused(OnnxModel model, List<String> says) {
        assertSays(assertThrows(OrtException.class, () -> createSession(model)), says);
    }

    /** Holds that the session is created and its run fails. */
    protected final void assertRunIsRefused(OnnxModel model, List<OpTensor> inputs, String... says)
            throws OrtException {
        createSession(model);
        OrtException refused = assertThrows(OrtException.class, () -> {
            try (OrtSession.SessionOptions options = OpOptions.withLibrary(1)) {
                OpRun.of(opType, ModelWriter.toBytes(model), options, inputs, List.of());
            }
        });
        assertSays(refused, List.of(says));
    }

    /** Holds that the good model's run fails where its graph leaves the first input's dimensions open. */
    protected final void assertShapeIsRefused(List<OpTensor> inputs, String... says) throws OrtException {
        OpTensor first = inputs.get(0);
        Object[] open = new Object[first.shape().length];
        Arrays.setAll(open, i -> "d" + i);
        OnnxModel model = good();
        model.graph().inputs().set(0, Tensors.value(first.name(), TensorProto.DataType.FLOAT, open));
        assertRunIsRefused(model, inputs, says);
    }

    /** The node with this attribute instead of its own of that name. */
    protected final Breakage attribute(String name, AttributeProto attribute, String... says) {
        return new Breakage(
                name,
                model -> changeNode(model, changed -> {
                    removeAttribute(changed, attribute.getName());
                    changed.addAttribute(attribute);
                }),
                List.of(says));
    }

    /** The node without an attribute. */
    protected final Breakage missingAttribute(String attribute) {
        return new Breakage(
                "no " + attribute,
                model -> changeNode(model, changed -> removeAttribute(changed, attribute)),
                List.of("attribute " + attribute + ": found none"));
    }

    /** The node with another constant as that input. */
    protected final Breakage input(String name, int index, TensorProto tensor, String... says) {
        return new Breakage(name, model -> replaceInput(model, index, tensor), List.of(says));
    }

    /** The node with an input of the graph where a constant must be. */
    protected final Breakage fed(String input, int index, TensorProto.DataType type, Object... dimensions) {
        return new Breakage(
                input + " fed at run time",
                model -> {
                    model.graph().inputs().add(Tensors.value("fed", type, dimensions));
                    changeNode(model, changed -> changed.setInput(index, "fed"));
                },
                List.of("input " + input + ": found a value that is computed or fed, wanted a constant"));
    }

    /** Makes a new constant an input of the node. */
    protected final void replaceInput(OnnxModel model, int index, TensorProto tensor) {
        model.graph().addInitializer(Initializer.inline(tensor));
        changeNode(model, changed -> changed.setInput(index, tensor.getName()));
    }

    /** Changes the node. */
    protected final void changeNode(OnnxModel model, Consumer<NodeProto.Builder> change) {
        model.graph().nodes().replaceAll(found -> {
            if (!found.getOpType().equals(opType)) {
                return found;
            }
            NodeProto.Builder builder = found.toBuilder();
            change.accept(builder);
            return builder.build();
        });
    }

    private static void removeAttribute(NodeProto.Builder node, String name) {
        for (int i = 0; i < node.getAttributeCount(); i++) {
            if (node.getAttribute(i).getName().equals(name)) {
                node.removeAttribute(i);
                return;
            }
        }
        throw new AssertionError("the good model has no attribute " + name);
    }

    private static void createSession(OnnxModel model) throws OrtException {
        try (OrtSession.SessionOptions options = OpOptions.withLibrary(1)) {
            OrtEnvironment.getEnvironment()
                    .createSession(ModelWriter.toBytes(model), options)
                    .close();
        }
    }

    private void assertSays(OrtException refused, List<String> parts) {
        String message = refused.getMessage();
        System.out.println(message);
        boolean byTheLibrary = message.contains(opType + " node '" + node + "'");
        boolean byTheSchema = message.contains("operator (" + opType + ") in node (" + node + ")");
        assertTrue(byTheLibrary || byTheSchema, "the node is not named: " + message);
        for (String part : parts) {
            assertTrue(message.contains(part), "not said: " + part + ": " + message);
        }
    }
}
