"""Metrics that tables do not list: told by what distinguishes their values."""

from __future__ import annotations

from experiments.shared.unlisted import place, sentence, unlisted
from tests.experiments.shared.test_stored import ENTRIES, entry, run

WHOLE = {place(ENTRIES[0]), place(ENTRIES[-1])}


def test_they_are_told_by_their_facts_and_steps() -> None:
    curve = {**entry("dense", 0.5, 10), "metric": "loss"}
    found = unlisted(run(*ENTRIES, curve), WHOLE)
    assert found == {"layer and step": ["share"], "layer and scale": ["share"], "step": ["loss"]}
    assert unlisted(run(*ENTRIES), {place(each) for each in ENTRIES}) == {}


def test_the_sentence_names_some_and_says_how_to_have_them() -> None:
    many = [{**entry("dense", 0.5, layer="output"), "metric": f"m{number}"} for number in range(6)]
    assert sentence(run(ENTRIES[0], *many), WHOLE, "runs/x") == (
        "More metrics, by layer: m0, m1, m2, m3 and 2 more. See the report's figures, "
        '`bnsim show runs/x --metric m0` or, in Python, experiments.read_run("runs/x").means("m0"), and the like.'
    )
    assert sentence(run(*ENTRIES[1:4]), WHOLE, "runs/x").startswith("More metrics, by layer and step: share. See")
    assert sentence(run(ENTRIES[0]), WHOLE, "runs/x") == ""
