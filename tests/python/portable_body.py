"""What the portable function body costs: one product with the op library and without it, in turns, on one thread.

    python portable_body.py MODEL LIBRARY [K N]

MODEL is an exported model.onnx, which carries the body; LIBRARY what `./bitnet library-path` prints. Not a test: it prints Markdown.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

ROUNDS = 15
ROWS = (1, 64)
TILE = 16  # of the packed layout, both ways


def write_model(source, k, n, path):
    """A model of one ternary16 CustomBitMatMul whose weights are all zero, with the source's function body."""
    body = onnx.load(source, load_external_data=False)
    weights = np.zeros((n // TILE, k // TILE, TILE), np.int32)
    node = helper.make_node(
        "CustomBitMatMul", ["X", "W", "S"], ["Y"], domain="ai.bitnet", K=k, N=n, packing="ternary16", activation="int8"
    )
    node.attribute.append(helper.make_attribute("block_size", 0))
    graph = helper.make_graph(
        [node],
        "product",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, k])],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, [None, n])],
        [numpy_helper.from_array(weights, "W"), numpy_helper.from_array(np.ones(n, np.float32), "S")],
    )
    functions = [function for function in body.functions if function.name == "CustomBitMatMul"]
    model = helper.make_model(
        graph, functions=functions, opset_imports=body.opset_import, ir_version=body.ir_version
    )
    onnx.save(model, path, save_as_external_data=True, size_threshold=1024, location="weights.data")


def anonymous_megabytes():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Anonymous:")) * 1024 / 1e6


def open_session(path, library):
    """The session, and the anonymous memory that it takes."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    if library:
        options.register_custom_ops_library(library)
    before = anonymous_megabytes()
    session = ort.InferenceSession(str(path), options)
    return session, anonymous_megabytes() - before


def seconds(session, x):
    begin = time.perf_counter()
    session.run(None, {"X": x})
    return time.perf_counter() - begin


def main(source, library, k=2560, n=20480):
    k, n = int(k), int(n)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        write_model(source, k, n, path)
        (ours, ours_mb), (body, body_mb) = open_session(path, library), open_session(path, None)
        print(f"K={k} N={n}: {k * n / 4e6:.1f} MB of packed weights\n")
        print("| | op library | portable body | ratio |\n|---|---|---|---|")
        print(f"| anonymous memory, MB | {ours_mb:.1f} | {body_mb:.1f} | |")
        for rows in ROWS:
            x = np.random.default_rng(1).standard_normal((rows, k), np.float32)
            times = [(seconds(ours, x), seconds(body, x)) for _ in range(ROUNDS)]
            a, b = np.median(times, axis=0)
            print(f"| M={rows}, ms | {a * 1e3:.2f} | {b * 1e3:.2f} | {b / a:.1f} |")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 5):
        sys.exit(__doc__)
    main(*sys.argv[1:])
