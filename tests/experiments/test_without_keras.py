"""The simulator, its classics and the spiking networks work where Keras and TensorFlow are not installed.

An import hook refuses both, in every process: Python imports `sitecustomize` from PYTHONPATH when it starts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from bnsim.errors import MachineError

HIDE = """
import sys

class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {hidden}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Hide())
"""
SCRIPT = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from brian2 import mV, ms
import bnsim
from experiments.catalogue import catalogue
from experiments.command_line import main
from experiments.doctor import examine

def say(*arguments):
    sys.argv, output, errors = ["bnsim", *arguments], io.StringIO(), io.StringIO()
    with redirect_stdout(output), redirect_stderr(errors):
        try:
            main()
        except SystemExit as left:
            return left.code, output.getvalue(), errors.getvalue()

if __name__ == "__main__":  # workers import this too
    for name in ("studies", "classics", "models", "tasks", "neurons", "rules"):
        assert len(catalogue(name)) > 2
    cells = bnsim.Population("cells", 1, bnsim.LIF(), drive=bnsim.Current(22.5 * mV))
    simulator = bnsim.Network([cells]).compile(dt=0.5 * ms, backend="numpy")
    _, recording = simulator.run_for(simulator.initial_state(key=0), 50 * ms, record=[bnsim.Spikes("cells")])
    assert len(recording.spikes["cells"]) > 0
    assert not {{"keras", "tensorflow"}} & set(sys.modules)
    commands = {commands!r}
    said = {{name: say(*arguments) for name, arguments in commands.items()}}
    said["doctor"] = 0, [each.detail for each in examine()], ""
    with open("said.json", "w") as file:
        json.dump(said, file)
"""
ROOT = Path(__file__).parents[2]
ONE = ("--preset", "tiny", "--seeds", "1")
SPIKING = ("--set", "models.receptive-field.n_filters=30", "--set", "models.receptive-field.duration=5")
COMMANDS = {
    "a classic": ("run", "siegert", *ONE),
    "a spiking network": ("run", "accuracy", *ONE, "--models", "receptive-field", *SPIKING),
    "an artificial network": ("run", "accuracy", "--models", "dense", "--seeds", "1"),
}

Said = dict[str, tuple[int, Any, str]]


def python(folder: Path, *arguments: str, hidden: tuple[str, ...] = ("keras", "tensorflow")) -> tuple[int, str, str]:
    """Exit code, output and errors of a Python that cannot import some packages."""
    site = folder / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(HIDE.format(hidden=hidden), encoding="utf-8")
    search = os.pathsep.join([str(site), str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": search},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_where_keras_is_needed_it_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    monkeypatch.delitem(sys.modules, "models.artificial.backend", raising=False)
    with pytest.raises(MachineError) as caught:
        import_module("models.artificial.backend")
    assert str(caught.value) == (
        "artificial networks need keras, which cannot be imported (import of keras halted; None in sys.modules); "
        f"say `{sys.executable} -m pip install --force-reinstall keras`"
    )


@pytest.mark.slow
def test_tensorflow_below_keras_is_named_too(tmp_path: Path) -> None:
    code, _, errors = python(tmp_path, "-c", "import models.artificial.backend", hidden=("tensorflow",))
    assert code == 1
    assert errors.splitlines()[-1] == (
        "bnsim.errors.MachineError: artificial networks need tensorflow, which cannot be imported "
        f"(No module named 'tensorflow'); say `{sys.executable} -m pip install --force-reinstall tensorflow`"
    )


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """Exit code, output and errors of each command, and what the doctor finds: all in one process.

    It has looked at the lists and has run a network before.
    """
    folder = tmp_path_factory.mktemp("without")
    (folder / "script.py").write_text(SCRIPT.format(commands=COMMANDS), encoding="utf-8")
    code, _, errors = python(folder, "-W", "ignore", "script.py")
    assert code == 0, errors
    found: Said = json.loads((folder / "said.json").read_text())
    return found


@pytest.mark.slow
def test_a_classic_is_carried_out(said: Said) -> None:
    code, output, errors = said["a classic"]
    assert code == 0, errors
    assert "white noise of 5 mV about 15 mV, step 0.5 ms" in output


@pytest.mark.slow
def test_a_spiking_network_is_trained(said: Said) -> None:
    code, output, errors = said["a spiking network"]
    assert code == 0, errors
    assert "receptive-field" in output


@pytest.mark.slow
def test_a_run_with_an_artificial_network_names_what_is_missing(said: Said) -> None:
    code, _, errors = said["an artificial network"]
    assert code == 1
    assert errors.splitlines()[-1].startswith(
        "bnsim: error: accuracy, dense, seed 0: artificial networks need keras, which cannot be imported"
    )


@pytest.mark.slow
def test_the_doctor_says_what_does_not_run(said: Said) -> None:
    assert "ModuleNotFoundError: No module named 'keras': no artificial networks" in said["doctor"][1]
