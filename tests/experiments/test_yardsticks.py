"""What a classic must declare, and how measurements are held against yardsticks."""

from __future__ import annotations

import dataclasses
from importlib.metadata import EntryPoint
from typing import Any

import pandas as pd
import pytest

from bnsim.errors import InputError
from experiments import discovery
from experiments.classics import CLASSICS
from experiments.classics.siegert import CLASSIC
from experiments.run_directory import COLUMNS
from experiments.summary import Design, summarise
from experiments.yardsticks import Classic, Yardstick

YARDSTICK = CLASSIC.yardsticks[0]


def held_against(*rates: float, mean: float = 15.0, classic: Classic = CLASSIC) -> list[dict[str, Any]]:
    """The references of a run in which each seed found one of these rates at the first yardstick's step."""
    facts = {**YARDSTICK.facts, "mean": mean}
    rows = [
        ("siegert", "siegert", "lif", "BNS", seed, facts, None, "rate", rate, "Hz") for seed, rate in enumerate(rates)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"step": "Int64"})
    design = Design("siegert", "quick", {}, {"siegert": 0.0}, "simulation", {"siegert": classic}, {})
    return list(summarise(table, pd.DataFrame(), design)["references"])


@pytest.mark.parametrize(
    ("distance", "passed"), [(-1.01, False), (-0.99, True), (0.0, True), (0.99, True), (1.01, False)]
)
def test_a_difference_in_either_direction_counts(distance: float, passed: bool) -> None:
    (entry,) = held_against(YARDSTICK.published + distance * YARDSTICK.tolerance)
    assert entry["passed"] is passed
    assert entry["ci_low"] is None  # one seed
    assert (entry["published"], entry["unit"], entry["status"]) == (YARDSTICK.published, "Hz", "theory")


def test_the_mean_over_seeds_is_held_against_it() -> None:
    width = YARDSTICK.tolerance
    (entry,) = held_against(YARDSTICK.published - 3 * width, YARDSTICK.published + 3.5 * width)
    assert entry["passed"] is True
    assert entry["measured"] == pytest.approx(YARDSTICK.published + 0.25 * width)
    assert entry["ci_low"] < entry["measured"] < entry["ci_high"]
    assert entry["n"] == 2


@pytest.mark.parametrize(("model", "count"), [("", 1), ("lif", 1), ("other", 0)])
def test_a_figure_of_one_network_is_held_against_that_one_alone(model: str, count: int) -> None:
    of_one = dataclasses.replace(YARDSTICK, model=model)
    classic = dataclasses.replace(CLASSIC, subjects={"lif": "BNS", "other": "BNS"}, yardsticks=(of_one,))
    assert len(held_against(YARDSTICK.published, classic=classic)) == count


def test_a_measurement_under_other_conditions_is_not_held_against_it() -> None:
    assert held_against(YARDSTICK.published, mean=16.0) == []


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"metric": "rates"}, "no metric 'rates'; declare it"),
        ({"facts": {"dt": 0.5}}, "its facts are not those of rate; give mean, sigma, dt"),
        ({"tolerance": -0.1}, "its tolerance is negative"),
        ({"status": "rumour"}, "status 'rumour'; give one of confirmed, second-hand, theory"),
        ({"model": "adex"}, "no network 'adex'; give one of lif"),
    ],
)
def test_a_yardstick_that_does_not_fit_is_refused(changed: dict[str, Any], message: str) -> None:
    wrong: Yardstick = dataclasses.replace(YARDSTICK, **changed)
    with pytest.raises(ValueError, match=f"^classic siegert: yardstick '.*': {message}$"):
        dataclasses.replace(CLASSIC, yardsticks=(wrong,))


def test_a_classic_has_a_network_and_yardsticks() -> None:
    with pytest.raises(ValueError, match=r"^classic siegert: names no network; give subjects$"):
        dataclasses.replace(CLASSIC, subjects={})
    with pytest.raises(ValueError, match=r"^classic siegert: has no yardstick; give at least one$"):
        dataclasses.replace(CLASSIC, yardsticks=())


def test_another_package_brings_a_classic_by_an_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    import experiments.shared
    import experiments.studies.accuracy

    point = EntryPoint("siegert", "experiments.classics.siegert", "bnsim.classics")
    monkeypatch.setattr(discovery, "entry_points", lambda group: [point])
    found = discovery.discovered(experiments.studies.accuracy, "bnsim.classics", "CLASSIC", Classic)
    assert dict(found) == {"siegert": CLASSIC}
    wrong = EntryPoint("shared", "experiments.shared", "bnsim.classics")
    monkeypatch.setattr(discovery, "entry_points", lambda group: [wrong])
    with pytest.raises(
        InputError, match=r"^experiments\.shared: has no CLASSIC; see `experiments\.yardsticks\.Classic`$"
    ):
        discovery.discovered(experiments.studies.accuracy, "bnsim.classics", "CLASSIC", Classic)


def test_classics_come_in_their_order() -> None:
    orders = [classic.order for classic in CLASSICS.values()]
    assert orders == sorted(orders)
