"""What `import bnsim` offers: every name of its rooms, none of which is imported before it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import bnsim

ROOMS = ("neurons", "synapses", "plasticity", "drives")


def test_every_file_of_a_room_is_offered() -> None:
    """A description that is written but not named in its room's list would be missing."""
    for room in ROOMS:
        offered = bnsim.public(room)
        homes = {value.__module__.rpartition(".")[2] for value in offered.values()}
        folder = Path(str(bnsim.__file__)).parent / room
        assert homes == {path.stem for path in folder.glob("*.py")} - {"__init__"}, room
        for name, value in offered.items():
            assert getattr(bnsim, name) is value
            assert name in bnsim.__all__
            assert name in dir(bnsim)


def test_every_name_exists() -> None:
    assert {"LIF", "Network", "InputError", "Recording", "parameter", "plotting", "Normal", "Jump"} <= set(
        bnsim.__all__
    )
    for name in bnsim.__all__:
        assert getattr(bnsim, name) is not None


def test_a_name_that_does_not_exist() -> None:
    for name in ("Netwrk", "__wrapped__", "_private"):
        with pytest.raises(AttributeError, match=f"^module 'bnsim' has no attribute '{name}'$"):
            getattr(bnsim, name)


def test_python_says_which_name_may_have_been_meant() -> None:
    code = "import bnsim; bnsim.Projections"
    ended = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False)
    assert "Did you mean: 'Projection'?" in ended.stderr


@pytest.mark.parametrize("use", ["dir(bnsim)", "bnsim.InputError", "bnsim.State", "bnsim.errors", "bnsim.__all__"])
def test_brian2_is_not_imported_before_it_is_needed(use: str) -> None:
    code = f"import sys, bnsim, bnsim.errors; {use}; assert not {{'brian2', 'matplotlib', 'scipy'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_all_at_once() -> None:
    names: dict[str, object] = {}
    exec("from bnsim import *", names)
    assert set(bnsim.__all__) <= set(names)
