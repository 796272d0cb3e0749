"""summary.json: what is compared with what, by which method, and the correction within the primary family."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.run.store import COLUMNS
from experiments.studies import STUDIES
from experiments.summary import Design, summarise

MODELS = {"receptive-field": "BNS", "receptive-dense": "ANN", "dense": "ANN"}


def design(fixed: bool = False, task: str = "digits", preset: str = "quick") -> Design:
    twins = {"receptive-field": "receptive-dense"}
    return Design(task, preset, twins, {"accuracy": 0.25, "learning": 0.25}, fixed)


def rows(n_seeds: int, values: dict[str, float]) -> pd.DataFrame:
    records = [
        (
            "accuracy",
            "digits",
            model,
            MODELS[model],
            seed,
            "",
            None,
            "test_accuracy",
            value + 0.01 * seed,
            "fraction",
        )
        for model, value in values.items()
        for seed in range(n_seeds)
    ]
    records += [("accuracy", "digits", "dense", "ANN", 0, "true=1,predicted=2", None, "confusion_count", 3.0, "count")]
    return pd.DataFrame(records, columns=list(COLUMNS)).astype({"step": "Int64"})


def predictions(n_seeds: int, right: dict[str, int]) -> pd.DataFrame:
    true = np.zeros(100, int)
    parts = [
        pd.DataFrame(
            {
                "model": model,
                "kind": MODELS[model],
                "seed": seed,
                "sample": range(100),
                "true": true,
                "predicted": (np.arange(100) >= count).astype(int),
            }
        )
        for model, count in right.items()
        for seed in range(n_seeds)
    ]
    return pd.concat(parts, ignore_index=True)


VALUES = {"receptive-field": 0.95, "receptive-dense": 0.93, "dense": 0.9}


def test_verdict_is_between_twins_only_in_percentage_points() -> None:
    summary = summarise(rows(5, VALUES), pd.DataFrame(), design())
    (difference,) = summary["differences"]
    assert (difference["model"], difference["twin"]) == ("receptive-field", "receptive-dense")
    assert difference["difference"] == pytest.approx(2.0)
    assert difference["unit"] == "percentage points"
    assert difference["method"].startswith("corrected resampled t")
    assert difference["p_value"] is None


def test_metrics_have_intervals_and_leave_conditions_out() -> None:
    metrics = summarise(rows(5, VALUES), pd.DataFrame(), design())["metrics"]
    assert {entry["metric"] for entry in metrics} == {"test_accuracy"}
    assert {entry["model"]: entry["mean"] for entry in metrics} == pytest.approx(
        {model: value + 0.02 for model, value in VALUES.items()}
    )
    assert all(entry["ci_low"] < entry["mean"] < entry["ci_high"] and entry["n"] == 5 for entry in metrics)


def test_layers_have_entries_of_their_own_and_no_verdict() -> None:
    of_layers = rows(5, VALUES).query("condition == ''").assign(condition=lambda table: "layer=" + table["model"])
    summary = summarise(pd.concat([rows(5, VALUES), of_layers]), pd.DataFrame(), design())
    entries = {(entry["model"], entry["condition"]): entry["mean"] for entry in summary["metrics"]}
    assert {condition for _, condition in entries} == {"", *(f"layer={model}" for model in VALUES)}
    assert entries["dense", "layer=dense"] == pytest.approx(0.92)
    assert len(summary["differences"]) == 1


def test_intervals_of_means_count_the_overlap_of_resampled_splits() -> None:
    # five values 0.01 apart: s² / n = 0.00005; on resampled splits (1 / 5 + 0.25) s² instead of s² / 5
    widths = []
    for fixed in (True, False):
        table = rows(5, {"dense": 0.9})
        (metric,) = summarise(table, pd.DataFrame(), design(fixed))["metrics"]
        widths.append(metric["ci_high"] - metric["mean"])
    assert widths == pytest.approx([2.77645 * np.sqrt(0.00005), 2.77645 * np.sqrt(0.45 * 0.00025)], rel=1e-5)


def test_fixed_test_set_is_resampled_over_seeds_and_images() -> None:
    counts = {"receptive-field": 95, "receptive-dense": 90}
    summary = summarise(rows(3, VALUES), predictions(3, counts), design(fixed=True))
    (difference,) = summary["differences"]
    assert summary["protocol"] == "fixed test set"
    assert difference["method"] == "paired bootstrap over seeds and images"
    assert difference["difference"] == pytest.approx(5.0)
    assert 0 <= difference["ci_low"] < 5 < difference["ci_high"]


@pytest.mark.parametrize(
    ("study", "metric", "unit", "verdict"),
    [
        ("accuracy", "test_accuracy", "fraction", "receptive-field better (higher) in these 5 seeds"),
        ("energy", "energy_least", "nJ", "receptive-dense better (lower) in these 5 seeds"),
        ("privacy", "membership_advantage_mean", "fraction", "receptive-dense better (lower) in these 5 seeds"),
        ("accuracy", "training_seconds", "s", None),
    ],
)
def test_verdicts_rest_on_primary_metrics_and_know_which_way_is_better(
    study: str, metric: str, unit: str, verdict: str | None
) -> None:
    table = rows(5, VALUES).query("metric == 'test_accuracy'").assign(study=study, metric=metric, unit=unit)
    ratios = dict.fromkeys(STUDIES, 0.25)
    plan = Design("digits", "quick", {"receptive-field": "receptive-dense"}, ratios, fixed_test_set=False)
    (difference,) = summarise(table, pd.DataFrame(), plan)["differences"]
    assert difference["verdict"] == verdict


def test_only_primary_metrics_have_p_values_and_form_the_family() -> None:
    table = rows(10, VALUES).query("metric == 'test_accuracy'")
    noise = np.random.default_rng(0).normal(0, 0.01, len(table))
    table = table.assign(value=table["value"] + noise)
    others = [table.assign(metric=name, value=table["value"] + 0.001) for name in ("tie_share", "accuracy_of_counts")]
    summary = summarise(pd.concat([table, *others]), pd.DataFrame(), design())
    found = {entry["metric"]: entry for entry in summary["differences"]}
    assert len(found) == 3
    assert found["test_accuracy"]["p_holm"] == found["test_accuracy"]["p_value"] > 0
    assert all(
        found[name][key] is None for name in ("tie_share", "accuracy_of_counts") for key in ("p_value", "p_holm")
    )


def test_primary_metrics_of_all_studies_are_one_family() -> None:
    table = rows(10, VALUES).query("metric == 'test_accuracy'")
    generator = np.random.default_rng(0)
    first = table.assign(value=table["value"] + generator.normal(0, 0.02, len(table)))
    second = table.assign(value=table["value"] + generator.normal(0, 0.02, len(table)))
    second = second.assign(study="learning", metric="learning_curve_mean")
    entries = summarise(pd.concat([first, second]), pd.DataFrame(), design())["differences"]
    raw = [entry["p_value"] for entry in entries]
    assert [entry["p_holm"] for entry in entries] == pytest.approx(
        [2 * value if value == min(raw) else max(2 * min(raw), value) for value in raw]
    )


def test_p_values_appear_from_ten_seeds_on() -> None:
    table = rows(10, VALUES)
    noise = np.random.default_rng(0).normal(0, 0.01, len(table))
    table["value"] += np.where(table["metric"] == "test_accuracy", noise, 0)
    (difference,) = summarise(table, pd.DataFrame(), design())["differences"]
    assert 0 < difference["p_value"] < 1
    assert difference["p_holm"] == difference["p_value"]


@pytest.mark.parametrize(("accuracy", "passed"), [(0.985, True), (0.95, False)])
def test_references_speak_of_the_full_preset_only(accuracy: float, passed: bool) -> None:
    table = rows(1, {"receptive-field": accuracy})
    (reference,) = summarise(table, pd.DataFrame(), design(task="mnist", preset="full"))["references"]
    assert reference["passed"] is passed
    assert reference["measured"] == pytest.approx(accuracy)
    assert summarise(table, pd.DataFrame(), design(task="mnist"))["references"] == []
