"""./bitnet rewrite on graphs of many spellings: every layer is found, the onnx checker accepts the result, and ONNX
Runtime computes the same from it, with the op library and without it, as from the original.

    python rewrite.py EXPORTED_GRAPHS WORK_FOLDER CLI_TARGET INDEX

EXPORTED_GRAPHS has *.onnx.gz by PyTorch; CLI_TARGET the command's jar; INDEX is the index.json of the conformance cases, which
names the library.
"""

import gzip
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import rewrite_graphs

MEDIAN, LARGEST = 1e-6, 0.05  # of the output's range; one flipped activation of a tiny layer moves its output by 1 %
HALF_MEDIAN = 2e-3
EXPORTED_LAYERS = 14


def rewrite(jar, source, target):
    command = ["java", "-Xmx512m", "-jar", str(jar), "rewrite", str(source), "-o", str(target), "--explain"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise AssertionError(result.stderr.strip())
    found = re.search(r"(\d+) BitLinear layers", result.stderr)
    return int(found.group(1)) if found else 0, result.stdout


def open_session(model, library):
    options = ort.SessionOptions()
    options.log_severity_level = 3
    if library:
        options.register_custom_ops_library(str(library))
    return ort.InferenceSession(str(model), options)


def outputs(model, library):
    session = open_session(model, library)
    dtype = np.float16 if session.get_inputs()[0].type == "tensor(float16)" else np.float32
    x = np.random.default_rng(3).standard_normal((9, rewrite_graphs.K)).astype(dtype)
    return session.run(None, {"x": x})[0].astype(np.float64)


def operators(model):
    graph = onnx.load(model, load_external_data=False).graph
    nodes = list(graph.node)
    for node in nodes:
        for attribute in node.attribute:
            nodes.extend(attribute.g.node)
    return [node.op_type for node in nodes]


def check_layers(name, jar, source, target, layers):
    found, explained = rewrite(jar, source, target)
    assert found == layers, f"found {found} layers, wanted {layers}:\n{explained}"
    onnx.checker.check_model(str(target), full_check=True)
    left = set(operators(target)) & {"Round", "ReduceMax"}
    assert not left, f"left {left}"


def check_outputs(name, source, target, library):
    wanted = outputs(source, None)
    span = np.ptp(wanted)
    for title, used in (("library", library), ("body", None)):
        difference = np.abs(outputs(target, used) - wanted) / span
        print(f"{name}, {title}: median {np.median(difference):.1e}, largest {difference.max():.1e} of the range")
        limit = HALF_MEDIAN if name.startswith("half") else MEDIAN
        assert np.median(difference) <= limit and difference.max() <= LARGEST, title


def made_graphs(work):
    """Every spelling; the first as ONNX Runtime's optimizer leaves it, too, and with external data."""
    for name, build in rewrite_graphs.GRAPHS.items():
        model = build(rewrite_graphs.OPSETS[name])
        onnx.checker.check_model(model)
        path = work / f"{name}.onnx"
        onnx.save(model, path)
        yield name, path, rewrite_graphs.LAYERS.get(name, 2)
    for level in ("BASIC", "EXTENDED"):
        name = f"gemm-{level.lower()}"
        options = ort.SessionOptions()
        options.log_severity_level = 3
        options.graph_optimization_level = getattr(ort.GraphOptimizationLevel, f"ORT_ENABLE_{level}")
        options.optimized_model_filepath = str(work / f"{name}.onnx")
        ort.InferenceSession(str(work / "gemm.onnx"), options)
        yield name, work / f"{name}.onnx", 2
    external = work / "external.onnx"
    onnx.save(onnx.load(work / "integers.onnx"), external, save_as_external_data=True, location="w.bin", size_threshold=64)
    yield "external", external, 2


def main(exported, work, cli, index):
    library = json.loads(Path(index).read_text(encoding="utf-8"))["library"]
    jar = next(p for p in Path(cli).glob("bitnet-cli-*.jar") if not p.stem.endswith(("sources", "javadoc")))
    work = Path(work)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    cases = [(*case, True) for case in made_graphs(work)]
    for packed in sorted(Path(exported).glob("*.onnx.gz")):
        source = work / packed.name.removesuffix(".gz")
        source.write_bytes(gzip.decompress(packed.read_bytes()))
        cases.append((packed.name, source, EXPORTED_LAYERS, False))
    failed = 0
    for name, source, layers, compare in cases:
        target = work / f"{source.stem}.rewritten.onnx"
        try:
            check_layers(name, jar, source, target, layers)
            if compare:
                check_outputs(name, source, target, library)
            else:
                open_session(target, library)
                open_session(target, None)
        except Exception as error:
            failed += 1
            print(f"{name}: {type(error).__name__}: {error}")
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed or len(cases) < 20 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
