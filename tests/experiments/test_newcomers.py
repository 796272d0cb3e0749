"""What a newcomer types wrong, and what the command says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments import compare
from experiments.names import PRESETS
from experiments.run.store import Store

from .collection.made import made, row, sweep
from .test_command_line import bnsim, refused


@pytest.mark.parametrize(
    ("arguments", "instead"),
    [
        (["compare", "--models", "dense", "rate"], "--models dense,rate"),
        (["run", "accuracy", "--models=dense,", "rate", "--seeds", "2"], "--models dense,rate"),
        (["sweep", "siegert", "--grid", "siegert.mean=10,", "15,", "20"], "--grid siegert.mean=10,15,20"),
        (["sweep", "siegert", "--grid", "siegert.mean=10", "siegert.sigma=1,", "2", "--seeds", "1"],
         "--grid siegert.mean=10 --grid siegert.sigma=1,2"),
        (["sweep", "siegert", "--random", "siegert.mean=1:2", "siegert.sigma=1:2"],
         "--random siegert.mean=1:2 --random siegert.sigma=1:2"),
        (["fit", "siegert", "--target", "rate=1", "deviation=0"], "--target rate=1 --target deviation=0"),
        (["run", "siegert", "--set", "siegert.steps=[0.1,", "0.2]"], "--set siegert.steps=[0.1,0.2]"),
        (["run", "siegert", "--set", "siegert.mean=1", "siegert.sigma=2"],
         "--set siegert.mean=1 --set siegert.sigma=2"),
        (["resume", "run", "--slurm", "jobs=2", "queue=a"], "--slurm jobs=2 --slurm queue=a"),
    ],
)  # fmt: skip
def test_values_separated_by_blanks_are_joined(arguments: list[str], instead: str, tmp_path: Path) -> None:
    refused(2, f"; a blank separates no values: give {instead}\n", *arguments, cwd=tmp_path)


def test_an_argument_too_many_after_other_options_is_no_value(tmp_path: Path) -> None:
    refused(
        2, "unexpected extra argument(s) (more); see `bnsim run --help`", "run", "siegert", "more", "--seeds", "2",
        "--models", "dense", cwd=tmp_path,
    )  # fmt: skip


def test_the_help_names_every_preset(tmp_path: Path) -> None:
    for command in ("compare", "run", "sweep", "fit"):
        assert "|".join(PRESETS) in bnsim(command, "--help", cwd=tmp_path, COLUMNS="120").stdout


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which some runs and a sweep were carried out."""
    folder = tmp_path_factory.mktemp("written")
    for day in (1, 2):
        made(folder / "runs", f"2026020{day}T103000Z-accuracy-digits", [row("test_accuracy", 0.5)])
    made(folder / "runs", "20260301T103000Z-learning-digits", [row("test_accuracy", 0.5)])
    sweep(folder / "sweeps", "noise", 2)
    (folder / "figures").mkdir()
    return folder


LATEST = "runs/20260202T103000Z-accuracy-digits or runs/20260201T103000Z-accuracy-digits"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "runs/20260301T103000Z-learing-digits"], "no such run; did you mean runs/20260301T103000Z-learning"),
        (["show", "20260301T103000Z-learning-digits"], "no such run; did you mean runs/20260301T103000Z-learning-digi"),
        (["draw", "learning"], "learning: no such run; did you mean runs/20260301T103000Z-learning-digits?"),
        (["diff", "accuracy", "learning"], f"accuracy: no such run; did you mean {LATEST}?"),
        (["resume", "sweep/noise"], "no run that could be resumed; did you mean sweeps/noise?"),
        (["resume", "sweep/nois", "--retry-failed"], "no run that could be resumed; did you mean sweeps/noise?"),
        (["repeat", "noise"], "noise: no such run; did you mean sweeps/noise?"),
        (["raster", "sweeps"], "sweeps: not a run: config.toml is missing; did you mean sweeps/noise?"),
        (["crate", "unlike"], "unlike: no such run; `bnsim runs runs` lists those that there are"),
        (["show", "figures"], "figures: not a run: config.toml is missing; give a folder that bnsim wrote"),
        (["show", "sweeps/"], "did you mean sweeps/noise?"),
        (["runs", "sweps"], "sweps: no such folder; did you mean sweeps?"),
        (["runs", "figurs"], "figurs: no such folder; did you mean runs or sweeps?"),
    ],
)
def test_a_wrong_folder_names_what_is_near(written: Path, arguments: list[str], message: str) -> None:
    refused(2, message, *arguments, cwd=written)


def test_a_network_without_its_twin_is_warned_about_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin(*_: object) -> None:
        raise Begun

    monkeypatch.setattr(Store, "begin", begin)
    missing = r"three-factor: gets no verdict without its twin; add dense to the models"
    with pytest.warns(UserWarning, match=missing), pytest.raises(Begun):
        compare(models=["three-factor"], seeds=1, out=tmp_path)
    with pytest.raises(Begun):  # warnings are errors
        compare(models=["three-factor", "dense"], seeds=1, out=tmp_path)


class Begun(Exception):
    """The work would begin."""
