"""Runs the Python tests in a virtual environment of their own: python3 run.py TARGET

TARGET is the build folder, where the virtual environment is made and where the inputs of the tests lie. Any failure,
also to make the environment, gives an exit code other than 0. To add a test, add its line to SCRIPTS.
"""

import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
MIN_PYTHON = (3, 11)  # numpy's

# Script and arguments; {target} stands for the build folder, {tests} for the folder of the tests module.
SCRIPTS = [
    ["check_format.py", "{tests}/.."],
    ["conformance.py", "{target}/conformance-cases"],
    ["generate.py", "{target}/exports/kjv-bitnet", "{tests}/fixtures/kjv-bitnet", "{target}/conformance-cases/index.json", "4:23"],
    ["generate.py", "{target}/exports/kjv-bitnet-f32", "{tests}/fixtures/kjv-bitnet", "{target}/conformance-cases/index.json"],
    ["rewrite.py", "{tests}/fixtures/onnx", "{target}/rewrite-python", "{tests}/../java/cli/target", "{target}/conformance-cases/index.json"],
]


def make_environment(folder):
    """The environment's Python, with exactly the pinned requirements."""
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    stamp = folder / "requirements.txt"
    if not (python.exists() and stamp.exists() and stamp.read_bytes() == REQUIREMENTS.read_bytes()):
        venv.create(folder, clear=True, with_pip=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS]
        subprocess.run(pip, check=True)
        stamp.write_bytes(REQUIREMENTS.read_bytes())
    return python


def main(target):
    if sys.version_info < MIN_PYTHON:
        print(f"Python: found {sys.version.split()[0]}, wanted {'.'.join(map(str, MIN_PYTHON))} or later")
        return 1
    python = make_environment(target / "python-environment")
    places = {"target": str(target), "tests": str(HERE.parent)}
    failed = []
    for script, *arguments in SCRIPTS:
        print(f"== {script}", flush=True)
        command = [python, HERE / script, *(argument.format(**places) for argument in arguments)]
        if subprocess.run(command).returncode != 0:
            failed.append(script)
    print(f"Python: {len(SCRIPTS) - len(failed)} of {len(SCRIPTS)} scripts passed" + "".join(f", FAILED {s}" for s in failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
