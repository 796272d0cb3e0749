"""What works on this machine, what does not, and the command that mends it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from bnsim.engine.cache import cache_folder
from bnsim.engine.compiler import compile_file, find_compiler
from bnsim.errors import InputError, MachineError

NEEDED_MEMORY = 4 * 2**30
"""Two workers with TensorFlow and Brian2, and the samples of MNIST, take about 3 GiB."""


@dataclass(frozen=True)
class Finding:
    """One thing examined. remedy: the command that mends it; needed: bnsim does not run without it."""

    name: str
    works: bool
    detail: str
    remedy: str = ""
    needed: bool = True


def examine() -> list[Finding]:
    """All findings, in the order in which they matter."""
    packages = [package(name) for name in ("brian2", "keras", "tensorflow", "elephant", "pyarrow", "bokeh")]
    return [python(), *packages, compiler(), build_cache(), memory()]


def python() -> Finding:
    """Python 3.11, 3.12 or 3.13."""
    works = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding("Python", works, platform.python_version(), "install Python 3.11, 3.12 or 3.13")


def package(name: str) -> Finding:
    """Whether a library can be imported; tried in a process of its own, since a broken one may end it."""
    command = [sys.executable, "-c", f"import {name}"]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode == 0:
        return Finding(name, True, metadata.version(name))
    last = (done.stderr.strip().splitlines() or ["import failed"])[-1]
    return Finding(name, False, last, f"{sys.executable} -m pip install --force-reinstall {name}")


def compiler() -> Finding:
    """Whether the C++ compiler makes a program that runs."""
    remedy = "sudo apt-get install g++ (Debian, Ubuntu), xcode-select --install (macOS)"
    with tempfile.TemporaryDirectory(prefix="bnsim-") as folder:
        try:
            command = find_compiler()
            if command is None:
                return Finding("C++ compiler", False, "none: spiking networks run on NumPy", remedy, needed=False)
            Path(folder, "check.cpp").write_text(
                "#include <cmath>\nint main() { return std::sqrt(4.0) == 2.0 ? 0 : 1; }\n"
            )
            compile_file(command, "check.cpp", "check", Path(folder))
            subprocess.run([Path(folder, "check")], check=True, timeout=10)
        except (MachineError, OSError, subprocess.SubprocessError) as error:
            return Finding("C++ compiler", False, str(error), "unset CXX, or set it to a compiler that works")
    return Finding("C++ compiler", True, command, needed=False)


def build_cache() -> Finding:
    """Whether compiled networks can be kept."""
    try:
        return Finding("build cache", True, str(cache_folder()))
    except InputError as error:
        return Finding("build cache", False, str(error), "export BNSIM_CACHE=<a folder that can be written>")


def memory() -> Finding:
    """Whether there is room for two workers."""
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError):
        return Finding("memory", True, "unknown", needed=False)
    remedy = "use --preset quick and small tasks"
    return Finding("memory", size >= NEEDED_MEMORY, f"{size / 2**30:.1f} GiB", remedy, needed=False)
