"""Reading of stored runs: entries by facts, and errors for what a run cannot hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bnsim.errors import InputError
from experiments.run_directory import Run
from experiments.shared import stored
from experiments.shared.wording import by_model
from experiments.spec import Metric

SHARE = Metric("share", "fraction", "Share", "A share.", facts={"layer": str, "scale": float}, study="width")


def entry(model: str, mean: float, step: int | None = None, **facts: Any) -> dict[str, Any]:
    interval = {"ci_low": None, "ci_high": None, "n": 1}
    names = {"study": "width", "metric": "share", "unit": "fraction"}
    return {**names, "model": model, "facts": facts, "step": step, "mean": mean, **interval}


ENTRIES = [
    entry("dense", 0.5),
    entry("dense", 0.2, 20, layer="output"),
    entry("dense", 0.1, 10, layer="output"),
    entry("rate", 0.3, 10, layer="output"),
    entry("rate", 0.4, layer="output", scale=2.0),
    entry("rate", 0.6, layer="output", scale=0.5),
    {**entry("dense", 0.7), "metric": "other"},
]


def run(*entries: dict[str, Any]) -> Run:
    results = pd.DataFrame(entries).assign(value=lambda table: table["mean"]) if entries else pd.DataFrame()
    return Run(Path("somewhere"), {"width": {}}, {}, results, {"metrics": list(entries)})


RUN = run(*ENTRIES)


def test_entries_are_those_with_these_facts_and_no_others() -> None:
    assert stored.summaries(RUN, SHARE) == ENTRIES[:1]
    assert stored.summaries(RUN, SHARE, layer="output") == ENTRIES[1:4]
    assert stored.model_summaries(RUN, SHARE, layer="output") == {"dense": ENTRIES[2:0:-1], "rate": ENTRIES[3:4]}
    assert stored.model_summaries(RUN, SHARE) == {"dense": ENTRIES[:1]}
    assert stored.values(RUN, SHARE)["value"].tolist() == [0.5]


def test_rows_are_those_with_these_facts_and_perhaps_others() -> None:
    assert stored.rows(RUN, SHARE)["value"].tolist() == [0.5, 0.2, 0.1, 0.3, 0.4, 0.6]
    assert stored.rows(RUN, SHARE, layer="output")["value"].tolist() == [0.2, 0.1, 0.3, 0.4, 0.6]
    assert stored.rows(RUN, SHARE, layer="output", scale=2.0)["value"].tolist() == [0.4]
    nothing = stored.rows(run(ENTRIES[-1]), SHARE, layer="output")
    assert len(nothing) == 0
    assert "step" in nothing


def test_entries_along_a_fact_are_in_its_order() -> None:
    assert stored.along(RUN, SHARE, "rate", "scale") == [(0.5, ENTRIES[5]), (2.0, ENTRIES[4])]
    assert stored.along(RUN, SHARE, "rate", "scale", layer="hidden") == []


def test_a_fact_that_the_metric_does_not_declare_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^metric width\.share declares no fact 'colour'$"):
        stored.by_fact(RUN, SHARE, "colour")


@pytest.mark.parametrize("read", [stored.rows, stored.values, stored.entries, stored.summaries, by_model])
def test_a_study_that_was_not_carried_out_is_an_error(read: Any) -> None:
    foreign = Metric("share", "fraction", "Share", "A share.", study="depth")
    with pytest.raises(InputError, match=r"^somewhere: study 'depth' was not carried out; run it first$"):
        read(RUN, foreign)


def test_a_sentence_about_nothing_is_an_error() -> None:
    assert by_model(RUN, SHARE) == "50.00\N{NO-BREAK SPACE}% in dense"
    with pytest.raises(InputError, match=r"^somewhere: holds no share of width; repeat the run$"):
        by_model(run(*ENTRIES[1:]), SHARE)
