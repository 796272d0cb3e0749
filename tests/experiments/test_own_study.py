"""A study in a folder of the user's own: found by its path, carried out by workers, drawn and told like all others."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bnsim.errors import DegenerateNetworkWarning, InputError, MachineError
from experiments import report, run_study
from experiments.report import figures
from experiments.report.tables import metric_rows
from experiments.run import carry_out
from experiments.run.job import StudyJob
from experiments.run.plan import check
from experiments.run.repeat import repeat
from experiments.run.request import Request
from experiments.run.store import with_remedy
from experiments.run_directory import Run, read_run
from experiments.spec import Measurement, Outcome, Subject
from experiments.studies import STUDIES, carried_out, find
from experiments.tables import print_run
from experiments.tasks import load_task
from models import registry
from tests.experiments.collection.made import made, row, unfinished
from tests.experiments.test_command_line import refused

INIT = '''"""How many weights does each network have?

Counted after training.
"""

from pydantic import PositiveInt

from experiments.spec import Metric, Options, Study


class Config(Options):
    """Options of the study."""

    max_train: PositiveInt


STUDY = Study(
    __name__,
    __doc__,
    title="Weights",
    metrics=(Metric("weights", "count", "Weights", "Number of trained weights.", facts={"layer": str}),),
    presets={"quick": Config(max_train=200), "full": Config(max_train=400), "tiny": Config(max_train=100)},
)
'''
MEASURE = '''"""Counts."""

from experiments.shared.fitted import fitted
from experiments.spec import Outcome

from . import STUDY


def run(config, subject, progress):
    """Count the weights of one network."""
    found = fitted(subject, config.max_train, progress)
    rows = [STUDY["weights"](weights.size, layer=layer) for layer, weights in found.model.weights().items()]
    return Outcome(len(found.split.train), 0, (STUDY["weights"](sum(row.value for row in rows)), *rows))
'''
FIGURE = '''"""Bars."""

from matplotlib.figure import Figure

from experiments.shared.stored import summaries
from experiments.shared.wording import by_model
from experiments.spec import Plate

from . import STUDY

PLATES = (Plate("weights", "Weights of each network"),)


def draw(run):
    """Return one figure."""
    figure = Figure()
    found = summaries(run, STUDY["weights"])
    figure.subplots().bar([entry["model"] for entry in found], [entry["mean"] for entry in found])
    return {"weights": figure}


def sentences(run):
    """Return what came out."""
    return [f"Trained weights: {by_model(run, STUDY['weights'])}."]
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("own") / "count_weights"
    path.mkdir()
    for name, text in (("__init__", INIT), ("measure", MEASURE), ("figure", FIGURE)):
        (path / f"{name}.py").write_text(text)
    return path


@pytest.fixture(scope="module")
def counted(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of it, by a worker process, which has to find it too. Not to be changed."""
    settings = {"models.dense.hidden": (5,), "models.dense.passes": 1, "count-weights.max_train": 150}
    out = tmp_path_factory.mktemp("counted")
    return run_study(str(folder), models=("dense",), seeds=1, out=out, settings=settings, workers=1)


@pytest.mark.slow
def test_it_is_carried_out_drawn_and_told(folder: Path, counted: Run, tmp_path: Path) -> None:
    run = counted
    assert run.directory.name.endswith("-count-weights-digits")
    assert run.config["count-weights"] == {"max_train": 150}
    whole = run.results[[not facts for facts in run.results["facts"]]]
    assert whole["value"].tolist() == [64 * 5 + 5 * 10]
    assert carried_out(run.config) == {"count-weights": find(str(folder))}
    page = (run.directory / "report.html").read_text(encoding="utf-8")
    assert "How many weights does each network have?" in page
    assert "Trained weights: 370 in dense." in page
    assert (run.directory / "figures" / "weights.svg").is_file()
    assert "count-weights" not in STUDIES
    unknown = f"{folder}: a stored run names this folder as its study, whose code would be run; if you trust it, say "
    with pytest.MonkeyPatch.context() as another_process:
        another_process.setattr("experiments.studies._own", {})
        refused(2, f"{unknown}--study {folder}\n", "draw", str(run.directory), cwd=tmp_path)
    assert (run.directory / "report.html").read_text(encoding="utf-8") == page
    moved = shutil.copytree(folder, tmp_path / "moved" / folder.name)
    again = repeat(run.directory, study=str(moved), out=tmp_path / "again", workers=1)
    assert again.equal
    assert again.run.manifest["request"]["study"] == str(moved)


@pytest.mark.slow
def test_warnings_of_a_worker_are_said_stored_and_in_the_report(folder: Path, tmp_path: Path) -> None:
    warning = tmp_path / "warning_weights"
    shutil.copytree(folder, warning, ignore=shutil.ignore_patterns("__pycache__"))
    text = (warning / "measure.py").read_text()
    text = text.replace(
        "from . import STUDY", "import warnings\nfrom bnsim.errors import DegenerateNetworkWarning\nfrom . import STUDY"
    )
    text += "\n_run = run\ndef run(*given):\n    warnings.warn('layer x never spiked', DegenerateNetworkWarning)\n"
    (warning / "measure.py").write_text(text + "    return _run(*given)\n")
    settings = {"models.dense.hidden": (5,), "models.dense.passes": 1}
    with pytest.warns(DegenerateNetworkWarning, match="warning-weights, dense, seed 0: layer x never spiked"):
        run = run_study(str(warning), models=("dense",), seeds=1, out=tmp_path, settings=settings, workers=1)
    assert run.manifest["warnings"] == {"dense": ["layer x never spiked"]}
    page = (run.directory / "report.html").read_text(encoding="utf-8")
    assert "<li><strong>dense</strong>: layer x never spiked</li>" in page


def test_a_folder_is_proposed_for_its_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    with pytest.raises(InputError, match=r"^unknown study 'count-weights'; did you mean the folder ./count_weights\?$"):
        find("count-weights")


def test_metrics_of_layers_alone_are_in_the_tables_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a study without a metric of whole models."""
    facts: list[dict[str, str]] = [{"layer": "hidden_1"}, {"layer": "output"}]
    entry = {"study": "count-weights", "metric": "weights", "model": "dense", "kind": "ANN", "unit": "count", "n": 1}
    entry |= {"step": None, "ci_low": None, "ci_high": None, "mean": 320.0}
    summary = {"metrics": [{**entry, "facts": each} for each in facts], "differences": [], "references": []}
    summary["protocol"] = "resampled"
    results = pd.DataFrame({"model": ["dense"], "kind": ["ANN"]})
    config = {"run": {"study": str(folder), "preset": "quick"}, "count-weights": {}}
    find(str(folder))
    run = Run(
        Path("run"), config, {"models": {"dense": {"twin": None}}}, results, {**summary, "task": "digits", "seeds": [0]}
    )
    print_run(run)
    assert re.search(r"weights, hidden_1 +│ +320", capsys.readouterr().out)
    assert [row.label for row in metric_rows(run)] == ["Weights, hidden_1", "Weights, output"]


def test_a_study_that_does_not_say_so_cannot_look_at_the_test_set(folder: Path, tmp_path: Path) -> None:
    """Nor at that of the twin; how many samples there are is no secret."""
    asked = {"peeking": "found.split.held_out.y", "at-twin": "fitted(subject.twin, 100, progress).split.held_out.X"}
    for name, expression in asked.items():
        peeking = tmp_path / name.replace("-", "_")
        shutil.copytree(folder, peeking)
        text = MEASURE.replace("    rows = ", f"    assert len(found.split.held_out)\n    {expression}\n    rows = ")
        (peeking / "measure.py").write_text(text)
        twin = Subject(load_task("digits"), "dense", {"hidden": (3,), "passes": 1}, 0)
        job = StudyJob(str(peeking), {"max_train": 100}, replace(twin, twin=twin))
        message = rf"^{name}: measures on the test set, in .*measure.py line 13; set opens_test_set=True in its"
        with pytest.raises(InputError, match=message):
            job(lambda done, total: None)


@pytest.fixture(scope="module")
def failing(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study under a name of its own: another folder of the same name would take its place in this process."""
    return shutil.copytree(folder, tmp_path_factory.mktemp("own") / "failing_weights")


def in_file(path: Path, name: str, text: str) -> Callable[..., Any]:
    """A function as if it stood in a file."""
    names: dict[str, Any] = {}
    exec(compile(text, str(path), "exec"), names)
    return names[name]


def in_figure_file(folder: Path, text: str) -> Callable[[Run], object]:
    """A function `draw` as if it stood in a study's figure.py."""
    return in_file(folder / "figure.py", "draw", text)


def test_folders_of_the_same_name_are_studies_of_their_own(folder: Path, tmp_path: Path) -> None:
    other = shutil.copytree(folder, tmp_path / folder.name)
    (other / "measure.py").write_text(MEASURE.replace("one network", "another network"))
    first, second = (find(str(each)).measure.run.__doc__ for each in (folder, other))
    assert (first, second) == ("Count the weights of one network.", "Count the weights of another network.")


def test_a_value_that_is_measured_twice_is_refused_before_it_is_stored(
    failing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run could not go on with a part that holds it."""
    (job,) = check(Request(str(failing), "digits", ("dense",), 1, "tiny")).plan(tmp_path).jobs
    study = find(str(failing))
    twice = Outcome(1, 0, (study["weights"](1, layer="output"),) * 2)
    monkeypatch.setattr(study.measure, "run", lambda *given: twice)
    with pytest.raises(InputError) as caught:
        job._measured(lambda done, total: None)
    assert str(caught.value) == (
        "failing-weights: weights is measured twice with layer=output; give each measurement facts or a step of its own"
    )


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        ([1.0], "no Outcome, but list; return an Outcome (experiments.spec)"),
        (None, "no Outcome, but NoneType; return an Outcome (experiments.spec)"),
        (
            Outcome(1, 0, Measurement("weights", 1.0)),  # type: ignore[arg-type]
            "an Outcome whose measurements are no tuple, but Measurement; give (measurement, ...)",
        ),
        (
            Outcome(1, 0, (1.0,)),  # type: ignore[arg-type]
            "a measurement that is none, but float; make it by STUDY[metric](value)",
        ),
    ],
)
def test_what_is_no_outcome_is_refused_in_one_line(
    returned: Any, message: str, failing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (job,) = check(Request(str(failing), "digits", ("dense",), 1, "tiny")).plan(tmp_path).jobs
    monkeypatch.setattr(find(str(failing)).measure, "run", lambda *given: returned)
    with pytest.raises(InputError) as caught:
        job._measured(lambda done, total: None)
    assert str(caught.value) == f"failing-weights: run in failing_weights/measure.py returned {message}"


def test_how_to_go_on_names_a_study_of_ones_own() -> None:
    for study, option in (("accuracy", ""), ("./count_weights", " --study ./count_weights")):
        error = with_remedy(InputError("wrong"), Path("runs/a"), "1 of 2 jobs are kept", study)
        assert str(error) == f"wrong; 1 of 2 jobs are kept; continue with `bnsim resume runs/a{option}`"


@pytest.mark.parametrize(("study", "option"), [("accuracy", ""), ("/home/me/my_study", " --study /home/me/my_study")])
def test_how_to_go_on_with_an_unfinished_run_names_it_too(study: str, option: str, tmp_path: Path) -> None:
    directory = unfinished(made(tmp_path, "run", [row("weights", 1.0)], request={"study": study}))
    with pytest.raises(InputError) as caught:
        read_run(directory)
    assert str(caught.value) == (
        f"{directory}: this run is not finished; continue with `bnsim resume {directory}{option}`"
    )
    (directory / "plan.json").write_text('{"request": 5}')  # damaged: nothing is known of the study
    with pytest.raises(InputError, match=rf"continue with `bnsim resume {directory}`$"):
        read_run(directory)


def test_a_run_whose_study_no_package_brings_is_not_drawn(tmp_path: Path) -> None:
    made(tmp_path, "run", [row("weights", 1.0)], request={"study": "gone-weights"})
    refused(
        2, "run: no study 'gone-weights' is installed here; install the package that brings it\n", "draw", "run",
        cwd=tmp_path,
    )  # fmt: skip


def test_a_report_that_fails_names_the_study_too(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(directory: Path) -> None:
        raise OSError("full")

    monkeypatch.setattr("experiments.report.write", fails)
    with pytest.warns(UserWarning, match=f"draw it again with `bnsim draw {tmp_path} --study {folder}`$"):
        carry_out._draw(tmp_path, str(folder))


def test_a_measurement_that_fails_names_the_line(
    failing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request(str(failing), "digits", ("dense",), 1, "tiny")
    (job,) = check(request).plan(tmp_path).jobs
    broken = in_file(failing / "measure.py", "run", "def run(*given):\n    return undefined")
    monkeypatch.setattr(find(str(failing)).measure, "run", broken)
    with pytest.raises(MachineError) as caught:
        job._measured(lambda done, total: None)
    assert str(caught.value) == (
        "NameError: name 'undefined' is not defined, in failing_weights/measure.py line 2; --debug shows the traceback"
    )


@pytest.mark.slow
def test_a_figure_that_fails_costs_that_figure(failing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The warning says where, and how to draw it again."""
    settings = {"models.dense.hidden": (5,), "models.dense.passes": 1}
    run = run_study(str(failing), models=("dense",), seeds=1, out=tmp_path, settings=settings, workers=1)
    broken = in_figure_file(failing, "def draw(run):\n    raise ZeroDivisionError('no bars')")
    monkeypatch.setattr(find(str(failing)).figure, "draw", broken)
    where = "ZeroDivisionError: no bars, in failing_weights/figure.py line 2"
    with pytest.warns(UserWarning, match="failing-weights: could not be drawn") as caught:
        report.write(run.directory)
    assert str(caught[0].message) == (
        f"failing-weights: could not be drawn ({where}); its numbers are stored: correct it and draw again with "
        f"`bnsim draw {run.directory} --study {failing}`"
    )
    page = (run.directory / "report.html").read_text(encoding="utf-8")
    assert f"The figures of this study could not be drawn ({where}). Its numbers are stored." in page
    assert read_run(run.directory).results["value"].tolist() == run.results["value"].tolist()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "def draw(run):\n\n    return helper()",
            "NameError: name 'helper' is not defined, in failing_weights/figure.py",
        ),
        ("def draw(run):\n    run.table('wieghts')", "AttributeError: .*, in failing_weights/figure.py line 2"),
        ("def draw(run):\n    return 1", "failing-weights: draw returned no dict of figures by name, but int"),
        (
            "def sentences(run):\n    return 'All is well.'",
            "^failing-weights: sentences returned no list of sentences, but str$",
        ),
        (
            "def sentences(run):\n    return ['All is well.', 3]",
            "^failing-weights: sentences returned a sentence that is no str, but int$",
        ),
        ("def draw(run):\n    return {'bars': 1}", "draw returned a figure 'bars' that is no plate; name it in PLATES"),
    ],
)
def test_a_figure_that_fails_names_the_line(
    text: str, message: str, failing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, drawn = find(str(failing)), figures.Drawn()
    name = text.partition("def ")[2].partition("(")[0]
    monkeypatch.setattr(study.figure, "draw", lambda run: {})
    monkeypatch.setattr(study.figure, "sentences", lambda run: [])
    monkeypatch.setattr(study.figure, name, in_file(failing / "figure.py", name, text))
    run: Any = object()
    figures.attempt(drawn, study.name, lambda: figures._of_study(run, study, drawn), study)
    assert re.search(message, drawn.failures[study.name])


def test_a_figure_file_that_is_no_python_names_the_line(folder: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(folder, tmp_path / "broken_weights")
    (broken / "figure.py").write_text("PLATES = ()\n\ndef draw(run:\n")
    study, drawn = find(str(broken)), figures.Drawn()
    figures.attempt(drawn, study.name, lambda: study.figure, study)
    assert drawn.failures[study.name] == ("SyntaxError: '(' was never closed, in broken_weights/figure.py line 3")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no study; give a folder with __init__.py, measure.py and figure.py"),
        ("", "has no STUDY; see `experiments.spec.Study`"),
        ("import nothing_of_this_name", "cannot be imported (ModuleNotFoundError: No module named 'nothing_of_this"),
        (INIT.replace('"tiny"', '"small"'), "study broken: its presets are quick, full, small; give quick, full, tiny"),
    ],
)
def test_folders_that_are_no_studies_are_refused(text: str | None, message: str, tmp_path: Path) -> None:
    path = tmp_path / "broken"
    path.mkdir()
    if text is not None:
        (path / "__init__.py").write_text(text)
    with pytest.raises(InputError) as caught:
        find(str(path))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_name_that_exists_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "accuracy"
    path.mkdir()
    (path / "__init__.py").write_text(INIT)
    with pytest.raises(InputError, match="a study 'accuracy' exists already; rename the folder"):
        find(str(path))


@pytest.mark.slow
def test_a_run_whose_study_is_gone_is_still_read(counted: Run, tmp_path: Path) -> None:
    config = {**counted.config, "run": {**counted.config["run"], "study": str(tmp_path / "gone")}}
    assert carried_out(config) == {}


def test_another_package_brings_studies_and_models(folder: Path, tmp_path: Path) -> None:
    """By entry points of an installed distribution, as the interpreter finds them."""
    shutil.copytree(folder, tmp_path / "count_weights")
    about = tmp_path / "zoo-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: zoo\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[bnsim.studies]\ncounting = count_weights\n\n[bnsim.models]\nnarrow = zoo_models:NARROW\n"
    )
    (tmp_path / "zoo_models.py").write_text(
        "from models.registry import Entry\n"
        "NARROW = Entry('models.artificial.dense:Dense', 'ANN', None, 'a narrow network')\n"
    )
    code = (
        "from experiments.studies import STUDIES; from models.registry import MODELS; "
        "print(list(STUDIES)[-1], STUDIES['count-weights'].title, list(MODELS)[-1], MODELS['narrow'].summary)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert done.stdout == "count-weights Weights narrow a narrow network\n", done.stderr


@pytest.mark.parametrize(
    ("name", "brought", "what"),
    [
        ("dense", "models.registry:_OWN", "that name exists already"),
        ("narrow", "models.registry:_OWN", "models.registry:_OWN is no models.registry.Entry"),
    ],
)
def test_entry_points_that_bring_no_model_are_refused(
    name: str, brought: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = EntryPoint(name, brought, registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])
    with pytest.raises(InputError) as caught:
        registry._of_other_packages()
    assert str(caught.value) == f"entry point bnsim.models {name!r}: {what}; change that package or uninstall it"


def test_a_stored_run_does_not_have_a_folder_imported(tmp_path: Path) -> None:
    """It may come from a stranger, and to import a folder is to run it."""
    path = tmp_path / "count_cells"
    path.mkdir()
    (path / "__init__.py").write_text(f"{INIT}\nimport pathlib\npathlib.Path({str(tmp_path / 'run')!r}).touch()\n")
    (path / "measure.py").write_text(MEASURE)
    (path / "figure.py").write_text(FIGURE)
    config = {"run": {"study": str(path)}, "count-cells": {}}
    request = {**Request(str(path)).document(), "models": []}
    assert carried_out(config) == {}
    with pytest.raises(InputError) as caught:
        Request.of(request)
    assert str(caught.value) == (
        f"{path}: a stored run names this folder as its study, whose code would be run; if you trust it, say --study "
        f"{path}"
    )
    assert not (tmp_path / "run").exists()
    study = find(str(path))  # as --study does
    assert (tmp_path / "run").exists()
    assert carried_out(config) == {study.name: study}
    assert Request.of(request).study == str(path)
