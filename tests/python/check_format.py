"""Checks that C and C++ sources are formatted as .clang-format says: python check_format.py ROOT"""

import subprocess
import sys
from pathlib import Path

import clang_format

SUFFIXES = (".c", ".h", ".cc", ".cpp", ".inc")


def main(root):
    listed = subprocess.run(["git", "ls-files", "native", "tests"], cwd=root, capture_output=True, text=True, check=True)
    sources = [name for name in listed.stdout.split() if name.endswith(SUFFIXES)]
    executable = clang_format.get_executable("clang-format")
    bad = [
        name
        for name in sources
        if subprocess.run([executable, "--dry-run", "--Werror", name], cwd=root, capture_output=True).returncode != 0
    ]
    for name in bad:
        print(f"{name}: not formatted; run clang-format -i on it")
    print(f"{len(sources) - len(bad)} passed, {len(bad)} failed")
    return 1 if bad or not sources else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
