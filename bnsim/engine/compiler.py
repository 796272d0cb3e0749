"""The C++ compiler of this machine: which one, with which flags, and how to call it."""

from __future__ import annotations

import functools
import os
import platform
import shlex
import shutil
import subprocess
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

from bnsim.errors import MachineError, SlowBackendWarning

FLAGS = (
    "-O3",
    "-march=native",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-ffp-contract=off",
    "-std=c++14",
    "-w",
)
"""No -ffast-math and no contraction (Brian2's default has both): they reorder sums, and the back ends would differ."""

PROGRAM_FLAGS = (*FLAGS, "-fwhole-program", "-pthread")
"""Of a program in one file: what it does not call, such as Brian2's own output to disk, is not compiled (a quarter less
time)."""

_SUPERVISOR = """
import os, signal, subprocess, sys, threading

def follow():
    os.read(0, 1)
    os.killpg(0, signal.SIGKILL)

threading.Thread(target=follow, daemon=True).start()
sys.exit(subprocess.call(sys.argv[1:], stdin=subprocess.DEVNULL))
"""
"""Program that calls another one and kills it, with all that it has started, when its own input ends. The input is a
pipe whose other end the caller holds, and loses however it ends: a compiler starts others, which would outlive it."""

_REMEDY = 'set CXX to a working C++ compiler or choose backend="numpy"'


def find_compiler() -> str | None:
    """Return the command of the C++ compiler.

    Returns
    -------
    str or None
        The environment variable CXX, else c++, g++ or clang++, else that of the package ziglang (the extra `compiler`);
        None where there is none.

    Raises
    ------
    MachineError
        If CXX names a program that does not exist.
    """
    chosen = os.environ.get("CXX", "").strip()
    if chosen:
        if shutil.which(shlex.split(chosen)[0]) is None:
            raise MachineError(f"compiler: CXX={chosen!r} is not a program; set CXX to a C++ compiler or unset it")
        return chosen
    found = next((path for name in ("c++", "g++", "clang++") if (path := shutil.which(name))), None)
    return found or (shlex.join([sys.executable, "-m", "ziglang", "c++"]) if find_spec("ziglang") else None)


def first_build(compiler: str) -> str:
    """Return what is to be said before the first network is compiled.

    The compiler of ziglang brings its C++ library as sources, builds it when it is needed, and keeps it.

    Parameters
    ----------
    compiler : str
        Command of the compiler.

    Returns
    -------
    str
        One line; "" where there is nothing to say.
    """
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    cache = Path(os.environ.get("ZIG_GLOBAL_CACHE_DIR") or Path(caches, "zig"))
    if "ziglang" not in shlex.split(compiler) or any(cache.glob("o/*/libc++.a")):
        return ""
    return "the C++ compiler of ziglang builds its library with the first network, once, which takes minutes"


@functools.cache
def compiler_identity(compiler: str) -> str:
    """Return what a binary depends on: the compiler's version, its flags and the processor.

    Parameters
    ----------
    compiler : str
        Command of the compiler.

    Returns
    -------
    str
        One line of text.

    Raises
    ------
    MachineError
        If the compiler cannot be started.
    """
    answer = _called([*shlex.split(compiler), "--version"])
    version = answer.stdout.splitlines()[0] if answer.stdout else compiler
    return " | ".join([version, " ".join(PROGRAM_FLAGS), _processor()])


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    wanted = ("model name", "cpu family", "model\t", "flags", "Features")
    return " ".join(sorted({line for line in lines if line.startswith(wanted)}))


def compile_file(compiler: str, source: str, binary: str, folder: Path) -> None:
    """Compile a program that consists of one file.

    Parameters
    ----------
    compiler : str
        Command of the compiler.
    source : str
        Name of the source file.
    binary : str
        Name of the program to write.
    folder : Path
        Folder of both files.

    Raises
    ------
    MachineError
        If the compiler fails; the message ends with its last lines.
    """
    if notice := first_build(compiler):
        warnings.warn(notice, SlowBackendWarning, stacklevel=2)
    answer = _supervised([*shlex.split(compiler), *PROGRAM_FLAGS, "-I.", source, "-o", binary], folder)
    if answer.returncode != 0 or not (folder / binary).exists():
        said = [line.strip() for line in (answer.stderr or answer.stdout).splitlines() if line.strip()]
        last = " | ".join(said[-3:]) or "it printed nothing"
        raise MachineError(f"compiler: {compiler} failed with exit status {answer.returncode}: {last}; {_REMEDY}")


def _called(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        raise MachineError(f"compiler: cannot start {command[0]} ({error.strerror}); {_REMEDY}") from error


def _supervised(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Call a program that ends, with all that it has started, where this process does."""
    supervisor = [sys.executable, "-I", "-S", "-c", _SUPERVISOR, *command]
    reading, writing = os.pipe()
    try:
        process = subprocess.Popen(
            supervisor,
            cwd=folder,
            stdin=reading,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except BaseException as error:
        os.close(writing)
        if isinstance(error, OSError):
            raise MachineError(f"compiler: cannot start {supervisor[0]} ({error.strerror}); {_REMEDY}") from error
        raise
    finally:
        os.close(reading)
    with process:
        try:
            said, complaints = process.communicate()
        finally:
            os.close(writing)
    return subprocess.CompletedProcess(command, process.returncode, said, complaints)
