"""What somebody gets who installs this project: wheel and sdist, and the first commands in a bare environment.

    python benchmarks/install.py [--python python3.11,python3.12,python3.13] [--extra compiler]

The files are made twice, must be equal byte for byte and pass `twine check --strict`. Then each Python makes an
environment, installs the wheel with its dependencies from the package index, and carries out the commands in an empty
folder, which sees nothing of the repository. `--extra compiler` installs the compiler from the index and hides that of
the machine. It prints rows for benchmarks/README.md, and ends with 1 where a command fails.
"""

from __future__ import annotations

import argparse
import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = (
    "--version",
    "list models",
    "doctor",
    "run siegert --preset tiny --seeds 1",
    "compare --preset tiny --seeds 2",
)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long something took, as a row of a table."""
    started = time.perf_counter()
    yield
    print(f"| {what} | {time.perf_counter() - started:.0f} s |", flush=True)


def say(command: list[str | Path], folder: Path, **environment: str) -> None:
    """Carry out a command that sees nothing of the repository; end with its errors where it fails."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "CXX", "VIRTUAL_ENV")}
    done = subprocess.run(
        command, cwd=folder, env={**clean, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def built(folder: Path) -> Path:
    """The wheel, once it and the sdist were made twice, compared and checked."""
    venv.create(folder / "tools", with_pip=True)
    python = folder / "tools" / "bin" / "python"
    say([python, "-m", "pip", "install", "--quiet", "build", "hatchling", "twine"], folder)
    for copy in ("first", "second"):
        build = [python, "-m", "build", "--no-isolation", "--outdir", folder / copy, ROOT]
        say(build, folder, SOURCE_DATE_EPOCH="1700000000")
    names = sorted(path.name for path in (folder / "first").iterdir())
    _, different, failed = filecmp.cmpfiles(folder / "first", folder / "second", names, shallow=False)
    if different or failed or len(names) != 2:
        sys.exit(f"two builds of {names}: {different + failed} differ")
    say([python, "-m", "twine", "check", "--strict", *(folder / "first").iterdir()], folder)
    (wheel,) = (folder / "first").glob("*.whl")
    return wheel


def tried(python: str, wheel: Path, extra: str, folder: Path) -> None:
    """Install the wheel for one Python, a name or a path, and carry out the commands."""
    name = Path(python).name
    environment, empty, cache = (folder / f"{what}-{name}" for what in ("environment", "empty", "cache"))
    empty.mkdir()
    say([python, "-m", "venv", environment], folder)
    with timed(f"{name}: `pip install`{f', extra {extra}' if extra else ''}"):
        package = f"bnsim[{extra}] @ {wheel.as_uri()}" if extra else str(wheel)
        say([environment / "bin" / "pip", "install", "--quiet", package], folder)
    search = str(environment / "bin") if extra == "compiler" else os.environ["PATH"]
    for command in COMMANDS:
        with timed(f"{name}: `bnsim {command}`"):
            say([environment / "bin" / "bnsim", *command.split()], empty, PATH=search, BNSIM_CACHE=str(cache))
    shutil.rmtree(environment)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default="python3.11,python3.12,python3.13")
    parser.add_argument("--extra", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bnsim-install-") as name:
        folder = Path(name)
        with timed("wheel and sdist, twice, equal byte for byte; `twine check --strict`"):
            wheel = built(folder)
        for python in options.python.split(","):
            tried(python, wheel, options.extra, folder)


if __name__ == "__main__":
    main()
