"""The square: what spikes and local learning are worth, by hand-computed numbers, in sentences and in a picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bnsim.errors import InputError
from experiments.command_line.measuring import _of_square
from experiments.command_line.options import MODELS
from experiments.findings.effects import effects, sentence
from experiments.report import square as picture
from experiments.run.configuration import resolve
from experiments.run_directory import COLUMNS, Run, RunContents, read_run
from experiments.settings import KINDS as KINDS_OF_TASK
from experiments.settings import SQUARE_SETTINGS
from experiments.square import SQUARES
from experiments.studies import STUDIES
from experiments.summary import Design, summarise
from experiments.tasks import load_task, tasks
from experiments.verdict import verdict_on_effect
from models import registry
from tests.experiments.test_run_directory import write_run

SQUARE = SQUARES["feed-forward"]
KINDS = dict(zip(SQUARE.corners, ("ANN", "BNS", "BNS", "BNS"), strict=True))
VALUES = dict(
    zip(SQUARE.corners, ([0.98, 0.96, 0.97], [0.95, 0.95, 0.95], [0.97, 0.96, 0.95], [0.90, 0.91, 0.89]), strict=True)
)
"""Test accuracy by corner and seed."""
ACCURACY = {"accuracy": STUDIES["accuracy"]}
SPIKES = np.array([-3.0, -2.0, -4.0])
"""Percentage points by seed: means of spikes minus rates, such as (0.97 - 0.98 + 0.90 - 0.95) / 2."""
LOCAL = np.array([-5.0, -3.0, -4.0])
INTERACTION = np.array([-4.0, -4.0, -4.0])


def results(values: dict[str, list[float]] = VALUES) -> pd.DataFrame:
    rows = [
        ("accuracy", "digits", model, KINDS[model], seed, {}, None, "test_accuracy", value, "fraction")
        for model, found in values.items()
        for seed, value in enumerate(found)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"step": "Int64"})


def design(protocol: str = "resampled", squares: bool = True) -> Design:
    held = {"feed-forward": SQUARE} if squares else {}
    return Design("digits", "quick", {}, {"accuracy": 0.25}, protocol, ACCURACY, {}, squares=held)


def test_effects_are_those_of_a_two_by_two_design() -> None:
    found = summarise(results(), pd.DataFrame(), design())["effects"]
    assert [entry["effect"] for entry in found] == ["spikes", "local learning", "interaction"]
    for entry, of_seeds in zip(found, (SPIKES, LOCAL, INTERACTION), strict=True):
        assert entry["difference"] == pytest.approx(of_seeds.mean())
        half = 4.302652729911275 * np.sqrt((1 / 3 + 0.25) * of_seeds.var(ddof=1))  # Student's t, two degrees
        assert entry["ci_high"] - entry["difference"] == pytest.approx(half, abs=1e-9)
        assert (entry["unit"], entry["n"], entry["primary"]) == ("percentage points", 3, True)
    whole = 100 * (np.mean(VALUES[SQUARE.spikes_local]) - np.mean(VALUES[SQUARE.rates_backpropagation]))
    assert found[0]["difference"] + found[1]["difference"] == pytest.approx(whole)


def test_a_fixed_test_set_is_resampled_by_image() -> None:
    """100 images of which each network gets the first so many: the interval comes from images, not from seeds alone."""
    counts = dict(zip(SQUARE.corners, (98, 95, 97, 90), strict=True))
    predictions = pd.concat(
        pd.DataFrame(
            {
                "model": model,
                "kind": KINDS[model],
                "seed": seed,
                "sample": range(100),
                "true": 0,
                "predicted": (np.arange(100) >= count).astype(int),
            }
        )
        for model, count in counts.items()
        for seed in range(3)
    )
    values = {model: [count / 100] * 3 for model, count in counts.items()}
    found = summarise(results(values), predictions, design("fixed test set"))["effects"]
    assert [entry["difference"] for entry in found] == pytest.approx([-3.0, -5.0, -4.0])
    assert all(entry["method"] == "paired bootstrap over seeds and images" for entry in found)
    assert all(entry["ci_low"] < entry["difference"] < entry["ci_high"] for entry in found)


def test_without_all_corners_there_is_no_effect() -> None:
    three = {model: VALUES[model] for model in SQUARE.corners[:3]}
    assert summarise(results(three), pd.DataFrame(), design())["effects"] == []
    assert summarise(results(), pd.DataFrame(), design(squares=False))["effects"] == []


def test_corners_agree_in_what_they_share_by_default_and_by_their_settings() -> None:
    digits = load_task("digits")
    defaults = {name: registry.entry(name).load()().get_params() for name in SQUARE.corners}
    for parameter in SQUARE.shared:
        assert len({defaults[name][parameter] for name in SQUARE.corners}) == 1
    for preset in ("quick", "full"):
        config = resolve("accuracy", ACCURACY, "digits", digits, SQUARE.corners, 1, preset, {"square": "feed-forward"})
        assert list(config.squares) == ["feed-forward"]
        assert config.parameters["three-factor"]["feedback"] == config.parameters["local-rate"]["feedback"] == "random"
    given = {"square": "feed-forward", "models.three-factor.feedback": "symmetric"}
    assert not resolve("accuracy", ACCURACY, "digits", digits, SQUARE.corners, 1, "quick", given).squares
    assert set(SQUARE_SETTINGS["feed-forward"]) == set(KINDS_OF_TASK)


def test_corners_in_time_agree_too() -> None:
    task, square = load_task("digits-rows"), SQUARES["recurrent"]
    for preset in ("quick", "full"):
        config = resolve("accuracy", ACCURACY, "digits-rows", task, square.corners, 1, preset, {"square": "recurrent"})
        assert list(config.squares) == ["recurrent"]
        assert {parameters["answer_steps"] for parameters in config.parameters.values()} == {task.answer_steps}
    assert set(KINDS_OF_TASK) <= set(SQUARE_SETTINGS["recurrent"]) <= {*KINDS_OF_TASK, *tasks()}


def test_a_square_needs_its_corners() -> None:
    digits = load_task("digits")
    for models, square, message in (
        (
            SQUARE.corners[1:],
            "feed-forward",
            "--set square: needs the models dense-sgd, local-rate",
        ),
        (SQUARE.corners, "feedforward", "unknown square 'feedforward'; did you mean 'feed-forward'?"),
    ):
        with pytest.raises(InputError) as raised:
            resolve("accuracy", ACCURACY, "digits", digits, models, 1, "quick", {"square": square})
        assert str(raised.value).startswith(message)


def test_the_command_chooses_the_networks() -> None:
    asked, settings = _of_square("digits", None, MODELS, {"models.dense.passes": 3})
    assert asked.split(",") == [*SQUARE.corners, "dense"]
    assert settings == {"square": "feed-forward", "models.dense.passes": 3}
    asked, settings = _of_square("digits-rows", None, MODELS, {})
    assert asked.split(",") == ["rate-recurrent", "rflo", "surrogate-recurrent", "eprop", "gru"]
    assert settings == {"square": "recurrent"}
    with pytest.raises(InputError, match="--square chooses the networks; leave one of the two out"):
        _of_square("digits", None, "dense", {})


def test_corners_must_agree_in_topology_order_and_feedback() -> None:
    alike = {model: {"hidden": (30,), "passes": 5} for model in SQUARE.corners}
    for local in (SQUARE.rates_local, SQUARE.spikes_local):
        alike[local] |= {"feedback": "random"}
    assert SQUARE.agrees(alike)
    for model, changed in (
        (SQUARE.rates_backpropagation, {"hidden": (31,)}),
        (SQUARE.spikes_backpropagation, {"passes": 6}),
        (SQUARE.spikes_local, {"feedback": "symmetric"}),
    ):
        assert not SQUARE.agrees({**alike, model: {**alike[model], **changed}})


@pytest.mark.parametrize(
    ("effect", "difference", "better", "said"),
    [
        ("spikes", 1.0, "more", "better with spikes in these 5 seeds"),
        ("spikes", 1.0, "less", "better without spikes in these 5 seeds"),
        ("local learning", 1.0, "more", "better with local learning in these 5 seeds"),
        ("local learning", -1.0, "more", "better with backpropagation in these 5 seeds"),
        ("interaction", 1.0, "more", "local learning does better with spikes than with rates in these 5 seeds"),
        ("interaction", -1.0, "more", "local learning does better with rates than with spikes in these 5 seeds"),
    ],
)
def test_the_verdict_on_an_effect(effect: str, difference: float, better: str, said: str) -> None:
    entry = {"effect": effect, "difference": difference, "ci_low": difference - 0.5, "ci_high": difference + 0.5}
    assert verdict_on_effect({**entry, "n": 5, "p_holm": None}, better) == said  # type: ignore[arg-type]
    assert verdict_on_effect({**entry, "n": 10, "p_holm": 0.01}, better) == said.removesuffix(" in these 5 seeds")  # type: ignore[arg-type]
    assert verdict_on_effect({**entry, "n": 10, "p_holm": 0.2}, better) == "not told apart"  # type: ignore[arg-type]
    across = {**entry, "ci_low": -2.0, "ci_high": 2.0, "n": 5, "p_holm": None}
    assert verdict_on_effect(across, better) == "not told apart"  # type: ignore[arg-type]
    alone = {**entry, "ci_low": None, "ci_high": None, "n": 1, "p_holm": None}
    assert verdict_on_effect(alone, better) == "no verdict: one seed"  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    manifest = {
        "run": "20260101T000000Z-compare-digits",
        "started_utc": "2026-01-01T00:00:00+00:00",
        "task": {"name": "digits", "protocol": "resampled", "n_samples": 1797, "classes": list("0123456789")},
        "models": {
            model: {"kind": kind, "twin": None, "reference": "", "deviations": [], "parameters": {}}
            for model, kind in KINDS.items()
        },
        "versions": {"python": "3.11"},
        "test_set_openings": 12,
        "settings_tried_on_validation": {},
    }
    config = {
        "run": {"study": "compare", "task": "digits", "preset": "quick", "seeds": 3, "models": list(KINDS)},
        "accuracy": {},
    }
    summary = summarise(results(), pd.DataFrame(), design())
    out: Path = tmp_path_factory.mktemp("runs")
    nothing = pd.DataFrame(columns=["model", "kind", "seed", "sample", "true", "predicted"])
    contents = RunContents(config, manifest, results(), nothing, summary, ())
    return read_run(write_run(out, str(manifest["run"]), contents))


def test_what_is_due_to_what_in_a_sentence(run: Run) -> None:
    (one,) = effects(run)
    assert sentence(one).replace("\N{NO-BREAK SPACE}", " ") == (
        "three-factor minus dense-sgd is −7.00 points: −3.00 points (95 % interval −6.29 to +0.29 points; "
        "not told apart) due to spikes, −4.00 points (95 % interval −7.29 to −0.71 points; better with "
        "backpropagation in these 3 seeds) to local learning. Interaction: −4.00 points (95 % interval −4.00 to "
        "−4.00 points; local learning does better with rates than with spikes in these 3 seeds)."
    )


def test_the_picture_shows_corners_and_effects(run: Run) -> None:
    (drawn,) = picture.draw(run).values()
    corners, told = drawn.axes
    assert [label.get_text() for label in corners.get_xticklabels()] == ["rates", "spikes"]
    lines = [line for line in corners.get_lines() if line.get_linewidth() > 1 and len(line.get_xdata()) == 2]
    assert [list(np.round(line.get_ydata(), 6)) for line in lines] == [[97.0, 96.0], [95.0, 90.0]]
    assert [label.get_text() for label in told.get_yticklabels()] == ["spikes", "local learning", "interaction"]
    marks = [float(line.get_xdata()[0]) for line in told.get_lines() if line.get_marker() == "o"]
    assert marks == pytest.approx([-3.0, -4.0, -4.0])


def test_a_run_of_an_earlier_version_has_no_effects(run: Run) -> None:
    summary = {name: value for name, value in run.summary.items() if name != "effects"}
    assert effects(replace(run, summary=summary)) == []
    assert picture.draw(replace(run, summary=summary)) == {}
