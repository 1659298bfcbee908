"""Small graphs with BitLinear layers, spelled as exporters and people spell them; each takes x [rows, K] and gives y."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

K, HIDDEN, OUT = 48, 64, 16
OPSETS = {
    "noise": 13,
    "integers": 17,
    "gemm": 20,
    "minmax": 18,
    "bitshift": 18,
    "einsum": 20,
    "flattened": 17,
    "branches": 18,
    "function": 18,
    "half": 18,
}


class Graph:
    """Collects nodes; every value has the name of its node."""

    def __init__(self, seed):
        self.nodes, self.constants, self.functions = [], [], []
        self.random = np.random.default_rng(seed)

    def add(self, operator, name, inputs, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [name], name="node_" + name, **attributes))
        return name

    def constant(self, name, value, dtype=np.float32):
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def master(self, rows, columns):
        return self.random.standard_normal((rows, columns)).astype(np.float32)

    def ternary(self, rows, columns):
        return self.random.integers(-1, 2, (rows, columns)).astype(np.float32)

    def model(self, opset, x_type=TensorProto.FLOAT, domains=()):
        value = helper.make_tensor_value_info
        graph = helper.make_graph(
            self.nodes,
            "graph",
            [value("x", x_type, ["rows", K])],
            [value("y", x_type, ["rows", OUT])],
            self.constants,
        )
        imports = [helper.make_opsetid("", opset), *(helper.make_opsetid(domain, 1) for domain in domains)]
        return helper.make_model(graph, opset_imports=imports, functions=self.functions, ir_version=9)


def scale_of(graph, x, tag, axes_input):
    """127 / max(absmax, 1e-5), as reciprocal and product."""
    magnitude = graph.add("Abs", tag + "abs", [x])
    if axes_input:
        axes = graph.constant(tag + "axes", [-1], np.int64)
        largest = graph.add("ReduceMax", tag + "max", [magnitude, axes], keepdims=1)
    else:
        largest = graph.add("ReduceMax", tag + "max", [magnitude], axes=[-1], keepdims=1)
    clipped = graph.add("Clip", tag + "clipped", [largest, graph.constant(tag + "eps", 1e-5)])
    return graph.add("Mul", tag + "s", [graph.add("Reciprocal", tag + "r", [clipped]), graph.constant(tag + "c127", 127)])


def quantized(graph, x, tag, axes_input=True):
    """The integers, and what they were multiplied by."""
    s = scale_of(graph, x, tag, axes_input)
    rounded = graph.add("Round", tag + "rounded", [graph.add("Mul", tag + "scaled", [x, s])])
    bounds = [graph.constant(tag + "low", -128), graph.constant(tag + "high", 127)]
    return graph.add("Clip", tag + "q", [rounded, *bounds]), s


def noise(graph, x, rows, tag):
    """x + (quantized(x) - x), and the same of float weights: what is left of training in a forward pass. Opset 13."""
    q, s = quantized(graph, x, tag, axes_input=False)
    difference = graph.add("Sub", tag + "dx", [graph.add("Div", tag + "d", [q, s]), x])
    left = graph.add("Add", tag + "ste_x", [x, difference])
    w = graph.constant(tag + "weight", graph.master(rows[0], rows[1]))
    mean = graph.add("ReduceMean", tag + "mean", [graph.add("Abs", tag + "wabs", [w])], keepdims=0)
    unit = graph.add("Reciprocal", tag + "unit", [graph.add("Clip", tag + "wclip", [mean, tag + "eps"])])
    rounded = graph.add("Round", tag + "wround", [graph.add("Mul", tag + "wscaled", [w, unit])])
    one = [graph.constant(tag + "minus1", -1), graph.constant(tag + "plus1", 1)]
    ternary = graph.add("Div", tag + "wq", [graph.add("Clip", tag + "wclipped", [rounded, *one]), unit])
    noisy = graph.add("Add", tag + "ste_w", [w, graph.add("Sub", tag + "dw", [ternary, w])])
    turned = graph.add("Transpose", tag + "wt", [noisy], perm=[1, 0])
    product = graph.add("MatMul", tag + "product", [left, turned])
    return graph.add("Add", tag + "out", [product, graph.constant(tag + "bias", graph.master(1, rows[0])[0])])


def integers(graph, x, rows, tag):
    """int8 weights with a scale a row; the product is divided by the activations' scale afterwards."""
    q, s = quantized(graph, x, tag, axes_input=False)
    w = graph.constant(tag + "weight", graph.ternary(*rows), np.int8)
    floats = graph.add("Cast", tag + "wfloat", [w], to=TensorProto.FLOAT)
    product = graph.add("MatMul", tag + "product", [q, graph.add("Transpose", tag + "wt", [floats], perm=[1, 0])])
    scales = graph.constant(tag + "scales", 0.5 + graph.random.random(rows[0]))
    return graph.add("Mul", tag + "out", [graph.add("Div", tag + "divided", [product, s]), scales])


def gemm(graph, x, rows, tag):
    """Gemm with its own factors; weights are binary."""
    q, s = quantized(graph, x, tag)
    w = graph.constant(tag + "weight", np.where(graph.master(*rows) < 0, -0.25, 0.25))
    bias = graph.constant(tag + "bias", graph.master(1, rows[0])[0])
    dequantized = graph.add("Div", tag + "d", [q, s])
    return graph.add("Gemm", tag + "out", [dequantized, w, bias], transB=1, alpha=0.5, beta=2.0)


def minmax(graph, x, rows, tag):
    """absmax by way of maximum and minimum, s as a quotient, clamping by Max and Min, times the reciprocal of s."""
    axes = graph.constant(tag + "axes", [-1], np.int64)
    high = graph.add("ReduceMax", tag + "high", [x, axes])
    low = graph.add("Neg", tag + "low", [graph.add("ReduceMin", tag + "min", [x, axes])])
    largest = graph.add("Max", tag + "largest", [high, low, graph.constant(tag + "eps", 1e-5)])
    s = graph.add("Div", tag + "s", [graph.constant(tag + "c127", 127), largest])
    scaled = graph.add("Add", tag + "half", [graph.add("Mul", tag + "scaled", [x, s]), graph.constant(tag + "c05", 0.5)])
    floor = graph.add("Floor", tag + "floor", [scaled])
    clamped = graph.add("Max", tag + "clamped", [floor, graph.constant(tag + "cm127", -127)])
    q = graph.add("Min", tag + "q", [clamped, tag + "c127"])
    left = graph.add("Mul", tag + "d", [q, graph.add("Reciprocal", tag + "unit", [s])])
    w = graph.constant(tag + "weight", graph.ternary(rows[1], rows[0]))
    product = graph.add("MatMul", tag + "product", [left, w])
    return graph.add("Div", tag + "out", [product, graph.constant(tag + "weight_scale", [3.0])])


def bitshift(graph, x, rows, tag):
    """Four codes in a byte, one for each quarter of the rows, unpacked in the graph."""
    q, s = quantized(graph, x, tag)
    codes = graph.random.integers(0, 3, (4, rows[0] // 4, rows[1]))
    packed = graph.constant(tag + "weight", sum(codes[i] << 2 * i for i in range(4)), np.uint8)
    quarters = []
    for i in range(4):
        shift = graph.constant(f"{tag}shift{i}", 2 * i, np.uint8)
        shifted = graph.add("BitShift", f"{tag}shifted{i}", [packed, shift], direction="RIGHT")
        mask = graph.constant(f"{tag}mask{i}", 3, np.uint8)
        quarters.append(graph.add("BitwiseAnd", f"{tag}quarter{i}", [shifted, mask]))
    joined = graph.add("Cast", tag + "wfloat", [graph.add("Concat", tag + "codes", quarters, axis=0)], to=TensorProto.FLOAT)
    w = graph.add("Sub", tag + "w", [joined, graph.constant(tag + "one", 1)])
    product = graph.add("MatMul", tag + "product", [q, graph.add("Transpose", tag + "wt", [w], perm=[1, 0])])
    unit = graph.add("Mul", tag + "unit", [graph.constant(tag + "weight_scale", [11.0]), s])
    return graph.add("Div", tag + "out", [product, unit])


def einsum(graph, x, rows, tag):
    """The product as an Einsum, its matrix [N, K] first; a table of three numbers for weights."""
    q, s = quantized(graph, x, tag)
    codes = graph.constant(tag + "codes", graph.random.integers(0, 3, rows), np.int64)
    w = graph.add("Gather", tag + "w", [graph.constant(tag + "table", [-0.5, 0, 0.5]), codes])
    left = graph.add("Div", tag + "d", [q, s])
    return graph.add("Einsum", tag + "out", [w, left], equation="nk,...k->...n")


def flattened(graph, x, rows, tag):
    """Rows in three dimensions, quantized, made a matrix by a computed shape, and a Gemm that adds a residual."""
    split = graph.constant(tag + "split", [3, -1, rows[1]], np.int64)
    q, s = quantized(graph, graph.add("Reshape", tag + "split_x", [x, split]), tag, axes_input=False)
    width = graph.constant(tag + "width", [rows[1]], np.int64)
    shape = graph.add("Concat", tag + "shape", [graph.constant(tag + "any", [-1], np.int64), width], axis=0)
    left = graph.add("Reshape", tag + "left", [graph.add("Div", tag + "d", [q, s]), shape])
    first = [graph.constant(f"{tag}{name}", [value], np.int64) for name, value in (("start", 0), ("end", 1), ("axis", 1))]
    residual = graph.add("Slice", tag + "residual", [x, *first])
    w = graph.constant(tag + "weight", graph.ternary(*rows))
    return graph.add("Gemm", tag + "out", [left, w, residual], transB=1)


def two_layers(layer):
    """x, layer, Relu, layer, y."""

    def build(opset):
        graph = Graph(seed=7)
        hidden = graph.add("Relu", "relu", [layer(graph, "x", (HIDDEN, K), "first.")])
        graph.add("Identity", "y", [layer(graph, hidden, (OUT, HIDDEN), "second.")])
        return graph.model(opset)

    return build


def branches(opset):
    """The layers inside both branches of an If; their weights outside."""
    whole, graph = Graph(seed=8), None
    bodies = []
    for name in ("then", "else"):
        graph = Graph(seed=8)
        hidden = gemm(graph, "x", (HIDDEN, K), name + ".first.")
        out = gemm(graph, hidden, (OUT, HIDDEN), name + ".second.")
        whole.constants += graph.constants
        bodies.append(helper.make_graph(graph.nodes, name, [], [helper.make_tensor_value_info(out, TensorProto.FLOAT, None)]))
    whole.constant("always", True, np.bool_)
    condition = whole.add("Identity", "condition", ["always"])
    whole.add("If", "y", [condition], then_branch=bodies[0], else_branch=bodies[1])
    return whole.model(opset)


def function(opset):
    """BitLinear as a function that gets its weights from the caller."""
    body = Graph(seed=0)
    left, s = quantized(body, "x", "")
    body.add("MatMul", "y", [body.add("Div", "d", [left, s]), "w"])
    constants = [helper.make_node("Constant", [], [c.name], value=c) for c in body.constants]
    imports = [helper.make_opsetid("", opset)]
    layer = helper.make_function("people.layers", "BitLinear", ["x", "w"], ["y"], constants + body.nodes, imports)
    graph = Graph(seed=9)
    graph.functions.append(layer)
    call = {"domain": "people.layers"}
    hidden = graph.add("BitLinear", "h", ["x", graph.constant("w1", graph.ternary(K, HIDDEN))], **call)
    graph.add("BitLinear", "y", [hidden, graph.constant("w2", graph.ternary(HIDDEN, OUT))], **call)
    return graph.model(opset, domains=["people.layers"])


def half(opset):
    """float16 throughout."""
    graph = Graph(seed=10)
    hidden = minmax(graph, "x", (HIDDEN, K), "first.")
    graph.add("Identity", "y", [minmax(graph, hidden, (OUT, HIDDEN), "second.")])
    for constant in graph.constants:
        if constant.data_type == TensorProto.FLOAT:
            constant.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(constant).astype(np.float16), constant.name))
    return graph.model(opset, TensorProto.FLOAT16)


GRAPHS = {
    "noise": two_layers(noise),
    "integers": two_layers(integers),
    "gemm": two_layers(gemm),
    "minmax": two_layers(minmax),
    "bitshift": two_layers(bitshift),
    "einsum": two_layers(einsum),
    "flattened": two_layers(flattened),
    "branches": branches,
    "function": function,
    "half": half,
}
LAYERS = {"branches": 4}
