"""The C++ compiler of this machine: which one, with which flags, and how to call it."""

from __future__ import annotations

import functools
import os
import platform
import shlex
import shutil
import subprocess
from pathlib import Path

from bnsim.errors import MachineError

FLAGS = (
    "-O3",
    "-march=native",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-ffp-contract=off",
    "-std=c++11",
    "-w",
)
"""No -ffast-math and no contraction (Brian2's default has both): they reorder sums, and the back ends would differ."""

PROGRAM_FLAGS = (*FLAGS, "-fwhole-program")
"""Of a program in one file: what it does not call, such as Brian2's own output to disk, is not compiled (a quarter less
time)."""

_REMEDY = 'set CXX to a working C++ compiler or choose backend="numpy"'


def find_compiler() -> str | None:
    """Return the command of the C++ compiler.

    Returns
    -------
    str or None
        The environment variable CXX, else c++, g++ or clang++; None where there is none.

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
    return next((path for name in ("c++", "g++", "clang++") if (path := shutil.which(name))), None)


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
    answer = _call([*shlex.split(compiler), "--version"], None)
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
    answer = _call([*shlex.split(compiler), *PROGRAM_FLAGS, "-I.", source, "-o", binary], folder)
    if answer.returncode != 0 or not (folder / binary).exists():
        said = [line.strip() for line in (answer.stderr or answer.stdout).splitlines() if line.strip()]
        last = " | ".join(said[-3:]) or "it printed nothing"
        raise MachineError(f"compiler: {compiler} failed with exit status {answer.returncode}: {last}; {_REMEDY}")


def _call(command: list[str], folder: Path | None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        raise MachineError(f"compiler: cannot start {command[0]} ({error.strerror}); {_REMEDY}") from error
