"""Check what works on this machine, and name the command that fixes what does not."""

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
from bnsim.engine.compiler import compile_file, find_compiler, first_build
from bnsim.errors import InputError, MachineError

NEEDED_MEMORY = 4 * 2**30
"""In bytes. Two workers with TensorFlow, Brian2 and the MNIST samples take about 3 GiB."""


@dataclass(frozen=True)
class Finding:
    """Result of one check.

    Parameters
    ----------
    name
        What was checked.
    works
        Whether it works.
    detail
        Version, size or error message.
    remedy
        Command that fixes it.
    needed
        Whether bnsim cannot run without it.
    """

    name: str
    works: bool
    detail: str
    remedy: str = ""
    needed: bool = True


def examine() -> list[Finding]:
    """Run all checks.

    Returns
    -------
    list of Finding
        Results, most important first.
    """
    needed = [package(name) for name in ("brian2", "elephant", "pyarrow", "bokeh")]
    artificial = [package(name, only_for="artificial networks") for name in ("keras", "tensorflow")]
    return [python(), system(), *needed, *artificial, compiler(), build_cache(), memory()]


def python() -> Finding:
    """Check that this is Python 3.11, 3.12 or 3.13.

    Returns
    -------
    Finding
        Result of the check.
    """
    works = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding("Python", works, platform.python_version(), "install Python 3.11, 3.12 or 3.13")


def system() -> Finding:
    """Check that this is Linux, where bnsim is tested.

    Returns
    -------
    Finding
        Result of the check.
    """
    name, detail = platform.system(), f"{platform.system()} {platform.release()}"
    if name == "Linux":
        return Finding("system", True, detail, needed=False)
    remedy = "use the Windows Subsystem for Linux" if name == "Windows" else "report what does not work"
    return Finding("system", False, f"{detail}: untested", remedy, needed=False)


def package(name: str, only_for: str = "") -> Finding:
    """Check that a library can be imported.

    The import runs in a separate process, because a broken library may crash it.

    Parameters
    ----------
    name
        Name of the package.
    only_for
        What alone does not run without it; all of bnsim, if that is not said.

    Returns
    -------
    Finding
        Result of the check.
    """
    command = [sys.executable, "-c", f"import {name}"]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode == 0:
        return Finding(name, True, metadata.version(name))
    last = (done.stderr.strip().splitlines() or ["import failed"])[-1]
    detail = f"{last}: no {only_for}" if only_for else last
    remedy = f"{sys.executable} -m pip install --force-reinstall {name}"
    return Finding(name, False, detail, remedy, needed=not only_for)


def compiler() -> Finding:
    """Check that the C++ compiler builds a program that runs.

    Returns
    -------
    Finding
        Result of the check.
    """
    remedy = (
        "sudo apt-get install g++ (Debian, Ubuntu), xcode-select --install (macOS), or "
        f"{sys.executable} -m pip install 'bnsim[compiler]'"
    )
    with tempfile.TemporaryDirectory(prefix="bnsim-") as folder:
        try:
            command = find_compiler()
            if command is None:
                return Finding("C++ compiler", False, "none: spiking networks run on NumPy", remedy, needed=False)
            if notice := first_build(command):
                return Finding("C++ compiler", True, f"{command}: {notice}", needed=False)
            Path(folder, "check.cpp").write_text(
                "#include <cmath>\nint main() { return std::sqrt(4.0) == 2.0 ? 0 : 1; }\n"
            )
            compile_file(command, "check.cpp", "check", Path(folder))
            subprocess.run([Path(folder, "check")], check=True, timeout=10)
        except (MachineError, OSError, subprocess.SubprocessError) as error:
            return Finding("C++ compiler", False, str(error), "unset CXX, or set it to a compiler that works")
    return Finding("C++ compiler", True, command, needed=False)


def build_cache() -> Finding:
    """Check that compiled networks can be stored.

    Returns
    -------
    Finding
        Result of the check.
    """
    try:
        return Finding("build cache", True, str(cache_folder()))
    except InputError as error:
        return Finding("build cache", False, str(error), "export BNSIM_CACHE=<a folder that can be written>")


def memory() -> Finding:
    """Check that there is enough memory for two workers.

    Returns
    -------
    Finding
        Result of the check.
    """
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError):
        return Finding("memory", True, "unknown", needed=False)
    remedy = "use --preset quick and small tasks"
    return Finding("memory", size >= NEEDED_MEMORY, f"{size / 2**30:.1f} GiB", remedy, needed=False)
