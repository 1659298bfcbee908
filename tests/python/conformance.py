"""Conformance of the ops in Python, bit for bit: python conformance.py CASES

CASES is the folder that the Java class CaseFiles writes. Each case runs in ONNX Runtime with the op library at several
thread counts, in ONNX Runtime without it (the portable function body) at every level of optimization, and in the onnx
package's reference evaluator. The last line is "N passed, N failed".
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx.reference import ReferenceEvaluator

THREADS = (1, 2, 4)
LEVELS = ("ORT_DISABLE_ALL", "ORT_ENABLE_BASIC", "ORT_ENABLE_EXTENDED", "ORT_ENABLE_ALL")
REPORTED = 5


class Case:
    def __init__(self, folder, entry):
        self.op = entry["op"]
        self.replay = entry["replay"]
        self.portable = entry["portable"]
        self.model = str(folder / entry["model"])
        self.x = self._floats(folder / entry["x"], entry["x_shape"])
        self.y = self._floats(folder / entry["y"], entry["y_shape"])
        tolerance = entry.get("body_tolerance")
        self.body_tolerance = self._floats(folder / tolerance, entry["y_shape"]) if tolerance else None

    @staticmethod
    def _floats(path, shape):
        return np.fromfile(path, dtype="<f4").reshape(shape)


def options(threads=1, level="ORT_ENABLE_ALL", library=None):
    result = ort.SessionOptions()
    result.intra_op_num_threads = threads
    result.graph_optimization_level = getattr(ort.GraphOptimizationLevel, level)
    result.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if library:
        result.register_custom_ops_library(library)
    return result


def run_session(case, session_options):
    session = ort.InferenceSession(case.model, session_options, providers=["CPUExecutionProvider"])
    return session.run(None, {"X": case.x})[0]


def run_reference(case):
    with np.errstate(all="ignore"):
        return ReferenceEvaluator(onnx.load(case.model)).run(None, {"X": case.x})[0]


def difference(case, y, tolerance):
    """What is wrong with Y, or None."""
    if y.dtype != np.float32 or y.shape != case.y.shape:
        return f"Y is {y.dtype} {y.shape}, wanted float32 {case.y.shape}"
    wrong = y.view(np.uint32) != case.y.view(np.uint32) if y.size else np.zeros(y.shape, bool)
    if tolerance is not None:
        wrong &= ~(np.abs(y.astype(np.float64) - case.y) <= tolerance)
    if not wrong.any():
        return None
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f"{int(wrong.sum())} of {y.size} elements, first Y{list(place)}: found {y[place]!r}, wanted {case.y[place]!r}"


def hold(name, cases, run, body):
    """Runs the cases that an implementation covers; the function body covers the portable ones."""
    start = time.monotonic()
    covered = [case for case in cases if case.portable or not body]
    failures = []
    for case in covered:
        try:
            problem = difference(case, run(case), case.body_tolerance if body else None)
        except Exception as error:  # a failure of this case, not of the others
            problem = repr(error)
        if problem:
            failures.append(f"  {case.replay}: {problem}")
    print(f"{name}: {len(covered) - len(failures)} of {len(covered)} cases passed, {time.monotonic() - start:.1f} s")
    print(*failures[:REPORTED], sep="\n", end="\n" if failures else "", flush=True)
    return len(covered) - len(failures), len(failures)


def ran_kernel(case, op, library):
    """Whether ONNX Runtime ran the op's kernel, and not the function body in its place."""
    with tempfile.TemporaryDirectory() as folder:
        session_options = options(library=library)
        session_options.enable_profiling = True
        session_options.profile_file_prefix = str(Path(folder) / "profile")
        session = ort.InferenceSession(case.model, session_options, providers=["CPUExecutionProvider"])
        session.run(None, {"X": case.x})
        events = json.loads(Path(session.end_profiling()).read_text())
        return any(event.get("args", {}).get("op_name") == op for event in events)


def check_kernel_choice(cases, op, library):
    """The library's kernel is taken where it is registered, and only there."""
    case = next(case for case in cases if case.op == op and case.portable and case.x.size)
    results = [ran_kernel(case, op, library), not ran_kernel(case, op, None)]
    print(f"{op}: kernel taken with the op library: {results[0]}, body without: {results[1]}", flush=True)
    return sum(results), len(results) - sum(results)


def check_form(cases, op):
    """The checker of the onnx package takes a model with the op's body, and infers its shapes."""
    case = next(case for case in cases if case.op == op and case.portable)
    try:
        onnx.checker.check_model(case.model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        print(f"{op}: {error}", flush=True)
        return 0, 1
    return 1, 0


def main(folder):
    index = json.loads((folder / "index.json").read_text())
    library = index["library"]
    cases = [Case(folder, entry) for entry in index["cases"]]
    print(f"onnxruntime {ort.__version__}, onnx {onnx.__version__}, numpy {np.__version__}, {len(cases)} cases")
    ort.set_default_logger_severity(3)
    ops = sorted({case.op for case in cases})
    totals = [check_kernel_choice(cases, op, library) for op in ops] + [check_form(cases, op) for op in ops]
    for threads in THREADS:
        with_library = options(threads=threads, library=library)
        totals.append(
            hold(f"onnxruntime with the op library, {threads} threads", cases, lambda case: run_session(case, with_library), False)
        )
    for level in LEVELS:
        portable = options(level=level)
        totals.append(hold(f"onnxruntime without it, {level}", cases, lambda case: run_session(case, portable), True))
    totals.append(hold("onnx reference evaluator", cases, run_reference, True))
    passed, failed = (sum(column) for column in zip(*totals))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
