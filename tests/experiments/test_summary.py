"""summary.json: what is compared with what, by which method, and the correction within the primary family."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.names import PRESETS
from experiments.run_directory import COLUMNS
from experiments.spec import Fact, Metric, Options, Study
from experiments.statistics import bounded_interval, mean_interval
from experiments.studies import STUDIES
from experiments.summary import Design, metric_interval, summarise

MODELS = {"receptive-field": "BNS", "receptive-dense": "ANN", "dense": "ANN"}


class Config(Options):
    """No options."""


def study(name: str, *metrics: Metric) -> Study:
    return Study(f"studies.{name}", "What?", title=name, metrics=metrics, presets=dict.fromkeys(PRESETS, Config()))


SEVERAL = {
    "learning": study("learning", Metric("learning_curve_mean", "fraction", "", "", better="more", primary=True)),
    "energy": study("energy", Metric("energy_least", "nJ", "", "", better="less", primary=True)),
    "distance": study("distance", Metric("distance", "", "", "", bounds=(-1, None)), Metric("slope", "", "", "")),
    "likeness": study("likeness", Metric("likeness", "", "", "", bounds=(None, 1))),
    "accuracy": STUDIES["accuracy"],
}


PARAMETERS = {"receptive-field": {"n_filters": 777, "passes": 3}}


def design(fixed: bool = False, task: str = "digits", preset: str = "quick") -> Design:
    twins = {"receptive-field": "receptive-dense"}
    protocol = "fixed test set" if fixed else "resampled"
    return Design(task, preset, twins, dict.fromkeys(SEVERAL, 0.25), protocol, SEVERAL, PARAMETERS)


def rows(
    n_seeds: int, values: dict[str, float], study: str = "accuracy", metric: str = "test_accuracy", **facts: Fact
) -> pd.DataFrame:
    """Values of the models that grow by 0.01 from seed to seed."""
    unit = SEVERAL[study][metric].unit
    records = [
        (study, "digits", model, MODELS[model], seed, facts, None, metric, value + 0.01 * seed, unit)
        for model, value in values.items()
        for seed in range(n_seeds)
    ]
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


def test_what_a_summary_holds() -> None:
    """Its keys are those of summary.json, which others read."""
    summary = summarise(noisy(), pd.DataFrame(), design())
    assert list(summary) == ["task", "protocol", "seeds", "metrics", "differences", "effects", "references"]
    assert (summary["task"], summary["protocol"], summary["seeds"]) == ("digits", "resampled", list(range(10)))
    measured = {"unit", "step", "mean", "ci_low", "ci_high", "n"}
    assert set(summary["metrics"][0]) == {"study", "model", "kind", "facts", "metric", *measured}
    compared = {"difference", "standardised", "method", "p_value", "p_holm", "verdict", "ci_low", "ci_high", "n"}
    assert set(summary["differences"][0]) == {"study", "metric", "unit", "model", "twin", "primary", *compared}


def test_metrics_have_intervals_unless_nobody_reads_their_means() -> None:
    counts = rows(5, {"dense": 3}, metric="confusion_count", true="1", predicted="2")
    metrics = summarise(pd.concat([rows(5, VALUES), counts]), pd.DataFrame(), design())["metrics"]
    assert {entry["metric"] for entry in metrics} == {"test_accuracy"}
    assert {entry["model"]: entry["mean"] for entry in metrics} == pytest.approx(
        {model: value + 0.02 for model, value in VALUES.items()}
    )
    assert all(entry["ci_low"] < entry["mean"] < entry["ci_high"] and entry["n"] == 5 for entry in metrics)


def test_entries_are_in_the_order_of_the_results() -> None:
    parts = [rows(2, {model: 0.9}, metric=metric) for metric in ("tie_share", "recall") for model in reversed(VALUES)]
    summary = summarise(pd.concat([*parts, rows(2, VALUES)]), pd.DataFrame(), design())
    order = [(entry["metric"], entry["model"]) for entry in summary["metrics"]]
    assert order[:6] == [(metric, model) for metric in ("tie_share", "recall") for model in reversed(VALUES)]
    assert [entry["metric"] for entry in summary["differences"]] == ["tie_share", "recall", "test_accuracy"]


def test_layers_have_entries_of_their_own_and_no_verdict() -> None:
    counts = [rows(5, {model: 2.0}, metric="spikes_per_neuron_trial", layer=model) for model in VALUES]
    summary = summarise(pd.concat([rows(5, VALUES), *counts]), pd.DataFrame(), design())
    entries = {(entry["model"], *entry["facts"].items()): entry["mean"] for entry in summary["metrics"]}
    assert set(entries) == {(model, *place) for model in VALUES for place in ((), (("layer", model),))}
    assert entries["dense", ("layer", "dense")] == pytest.approx(2.02)
    assert len(summary["differences"]) == 1


@pytest.mark.parametrize(
    ("study", "metric", "bounds"),
    [
        ("accuracy", "test_accuracy", (0, 1)),
        ("accuracy", "bytes_per_sample", (0, np.inf)),
        ("energy", "energy_least", (0, np.inf)),
        ("distance", "distance", (-1, np.inf)),
        ("likeness", "likeness", (-np.inf, 1)),
        ("distance", "slope", None),
    ],
)
@pytest.mark.parametrize("ratio", [0.0, 0.25])
def test_intervals_of_means_keep_the_bounds_of_their_metric_and_count_the_overlap_of_resampled_splits(
    study: str, metric: str, bounds: tuple[float, float] | None, ratio: float
) -> None:
    table = rows(5, {"dense": 0.9}, study, metric)
    values = table["value"]
    expected = mean_interval(values, ratio) if bounds is None else bounded_interval(values, bounds, ratio)
    (entry,) = summarise(table, pd.DataFrame(), design(fixed=ratio == 0))["metrics"]
    assert [entry[key] for key in ("mean", "ci_low", "ci_high")] == [expected.mean, expected.low, expected.high]


def test_shares_that_agree_have_the_interval_of_their_cases() -> None:
    def cases(count: int, **facts: Fact) -> pd.DataFrame:
        return rows(3, {"dense": count}, metric="test_samples", **facts).assign(value=[count, count + 1, count])

    of_class = {"class": "a"}
    shares = [rows(3, {"dense": 1}), rows(3, {"dense": 1}, metric="recall", **of_class)]
    table = pd.concat([*(share.assign(value=1.0) for share in shares), cases(360), cases(20, **of_class)])
    found = {entry["metric"]: entry for entry in summarise(table, pd.DataFrame(), design())["metrics"]}
    assert found["test_accuracy"]["ci_low"] == pytest.approx(0.025 ** (1 / 360))
    assert found["recall"]["ci_low"] == pytest.approx(0.025 ** (1 / 20))


def test_fixed_test_set_is_resampled_over_seeds_and_images() -> None:
    counts = {"receptive-field": 95, "receptive-dense": 90}
    summary = summarise(rows(3, VALUES), predictions(3, counts), design(fixed=True))
    (difference,) = summary["differences"]
    assert summary["protocol"] == "fixed test set"
    assert difference["method"] == "paired bootstrap over seeds and images"
    assert difference["difference"] == pytest.approx(5.0)
    assert 0 <= difference["ci_low"] < 5 < difference["ci_high"]


@pytest.mark.parametrize(
    ("study", "metric", "verdict"),
    [
        ("accuracy", "test_accuracy", "receptive-field better (higher) in these 5 seeds"),
        ("energy", "energy_least", "receptive-dense better (lower) in these 5 seeds"),
        ("accuracy", "training_seconds", None),
    ],
)
def test_verdicts_rest_on_primary_metrics_and_know_which_way_is_better(
    study: str, metric: str, verdict: str | None
) -> None:
    values = {"receptive-field": 0.95, "receptive-dense": 0.93}
    table = rows(5, values, study, metric)
    table.loc[0, "value"] += 0.001  # not all differences are alike
    (difference,) = summarise(table, pd.DataFrame(), design())["differences"]
    assert difference["verdict"] == verdict
    assert difference["primary"] is (verdict is not None)


def noisy(study: str = "accuracy", metric: str = "test_accuracy") -> pd.DataFrame:
    table = rows(10, VALUES, study, metric)
    noise = np.random.default_rng(len(metric)).normal(0, 0.02, len(table))
    return table.assign(value=(table["value"] + noise).clip(0, 1))


def test_only_primary_metrics_have_p_values_and_form_the_family() -> None:
    table = pd.concat([noisy(), noisy(metric="tie_share"), noisy(metric="balanced_accuracy")])
    found = {entry["metric"]: entry for entry in summarise(table, pd.DataFrame(), design())["differences"]}
    assert len(found) == 3
    assert 0 < found["test_accuracy"]["p_holm"] == found["test_accuracy"]["p_value"]
    assert all(found[name][key] is None for name in ("tie_share", "balanced_accuracy") for key in ("p_value", "p_holm"))


def test_primary_metrics_of_all_studies_are_one_family() -> None:
    table = pd.concat([noisy(), noisy("learning", "learning_curve_mean")])
    entries = summarise(table, pd.DataFrame(), design())["differences"]
    small, large = sorted(entry["p_value"] for entry in entries)
    assert sorted(entry["p_holm"] for entry in entries) == [2 * small, max(2 * small, large)]


def test_p_values_appear_from_ten_seeds_on() -> None:
    (difference,) = summarise(noisy(), pd.DataFrame(), design())["differences"]
    assert 0 < difference["p_value"] < 1
    assert difference["p_holm"] == difference["p_value"]


@pytest.mark.parametrize(("accuracy", "passed"), [(0.985, True), (0.978, True), (0.95, False)])
def test_references_speak_of_the_full_preset_only(accuracy: float, passed: bool) -> None:
    table = rows(1, {"receptive-field": accuracy})
    (reference,) = summarise(table, pd.DataFrame(), design(task="mnist", preset="full"))["references"]
    assert reference["passed"] is passed
    assert reference["measured"] == pytest.approx(accuracy)
    assert reference["reason"].endswith("; this network has 777 hidden neurons")
    assert summarise(table, pd.DataFrame(), design(task="mnist"))["references"] == []


def test_what_a_reference_holds() -> None:
    table = rows(1, {"receptive-field": 0.99})
    (reference,) = summarise(table, pd.DataFrame(), design(task="mnist", preset="full"))["references"]
    kept = ("study", "model", "metric", "facts", "unit", "ci_low", "ci_high", "n")
    said = ("name", "published", "measured", "tolerance", "passed", "reason", "source", "status")
    assert set(reference) == {*kept, *said}


def test_other_metrics_of_a_fixed_test_set_are_paired_by_seed() -> None:
    """Their unit stays what it is."""
    values = {"receptive-field": 5.0, "receptive-dense": 3.0}
    table = rows(3, values, study="energy", metric="energy_least")
    (difference,) = summarise(table, pd.DataFrame(), design(fixed=True))["differences"]
    assert difference["method"].startswith("paired t")
    assert (difference["difference"], difference["unit"]) == (pytest.approx(2.0), "nJ")


@pytest.mark.parametrize("value", [-1.0, -1.0 - 1e-12])
def test_values_at_a_bound_lie_within_it(value: float) -> None:
    """As they do where rounding alone takes them beyond."""
    (entry,) = summarise(rows(1, {"dense": value}, "distance", "distance"), pd.DataFrame(), design())["metrics"]
    assert entry["mean"] == pytest.approx(-1.0)


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        (
            Metric("gap", "fraction", "Gap", "", bounds=(-1, 1)),
            r"bounds \(-1, 1\); declare others: bounds=\(lowest, highest",
        ),
        (
            Metric("time", "ms", "Time", ""),
            r"bounds \(0.0, None\); declare others: bounds=\(lowest, highest\), None for no",
        ),
    ],
)
def test_bounds_that_are_no_matter_of_fractions_are_to_be_declared(metric: Metric, said: str) -> None:
    with pytest.warns(UserWarning, match=said):
        metric_interval(np.array([-2.0, -3.0]), metric, 0.0, None)


def test_values_beyond_the_bounds_of_a_metric_cost_no_run() -> None:
    """They get the interval of Student's t, and a warning that names the metric."""
    table = rows(3, {"dense": 0.995})  # 0.995, 1.005, 1.015: no accuracies
    remedy = r"a fraction is 0 to 1 \(not 100 times that\); of a difference of fractions declare bounds=\(-1, 1\)$"
    with pytest.warns(
        UserWarning, match=rf"accuracy.test_accuracy: 1.005 lies beyond its bounds \(0.0, 1.0\); {remedy}"
    ):
        (entry,) = summarise(table, pd.DataFrame(), design())["metrics"]
    assert entry["mean"] == pytest.approx(1.005)
    assert entry["ci_high"] - entry["mean"] == pytest.approx(4.30265 * 0.01 * np.sqrt(1 / 3 + 0.25), rel=1e-4)
