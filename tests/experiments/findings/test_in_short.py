"""What the report says first: true of whatever run it is, at most five sentences, never more than the numbers allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from experiments.findings.in_short import in_short
from experiments.run_directory import Run

from .twins import PAIR, PRIMARY, SECOND, entry, run_of

REFERENCE: dict[str, Any] = {"name": "rate in Table 1", "passed": True}


def told(run: Run, said: Mapping[str, Sequence[str]] | None = None) -> list[str]:
    sentences = in_short(run, said or {})
    texts = ["".join(piece if isinstance(piece, str) else f"[{piece.title}]" for piece in each) for each in sentences]
    assert len(texts) <= 5
    assert all(text.endswith(".") for text in texts)
    return [text.replace("\N{NO-BREAK SPACE}", " ") for text in texts]


def test_verdicts_of_one_pair() -> None:
    found = [entry("accuracy", 0.1), entry("learning", 4.5), entry("robustness", -3.0), entry("energy", 90.0)]
    assert told(run_of(found)) == [
        "receptive-field, a brain-like network, and its artificial twin receptive-dense were compared on digits with "
        "20 seeds in 4 measures; differences are brain-like minus artificial.",
        "receptive-field did better in 1 of 4 after Holm's correction: [Learning] (+4.50 points, +3.50 to +5.50 "
        "points).",
        "receptive-dense did better in 2 of 4 after Holm's correction: [Robustness] (−3.00 points, −4.00 to −2.00 "
        "points) and [Energy] (+90 nJ, +89 to +91 nJ); in the other 1 the twins were not told apart ([Test accuracy]), "
        "which does not show that they are equal.",
    ]


def test_one_comparison() -> None:
    seen = told(run_of([entry("accuracy", 0.1)]))
    assert seen[0].endswith(
        "compared on digits with 20 seeds in 1 measure; differences are brain-like minus artificial."
    )
    assert seen[1:] == [
        "The twins were not told apart in [Test accuracy] (+0.10 points, −0.90 to +1.10 points), which does not show "
        "that they are equal."
    ]
    assert told(run_of([entry("privacy", 4.0)]))[1:] == [
        "receptive-dense did better in [Privacy] (+4.00 points, +3.00 to +5.00 points)."
    ]


def test_holm_decides_not_the_interval() -> None:
    seen = told(run_of([entry("accuracy", 4.0, p_holm=0.06), entry("learning", -4.0, p_holm=0.05)]))
    assert seen[1].startswith(
        "The twins were not told apart in any of the 2 comparisons after Holm's correction: [Test"
    )
    assert not any("did better" in text for text in seen)


def test_few_seeds_give_no_verdict() -> None:
    found = [entry("accuracy", 4.0, n=3), entry("learning", 0.2, n=3)]
    assert told(run_of(found, seeds=3))[1:] == [
        "Mind that 3 seeds are fewer than the 10 that a p-value takes and that the intervals are not corrected for "
        "their number; what follows describes these seeds only.",
        "receptive-field did better in 1 of 2 by their 95 % intervals: [Test accuracy] (+4.00 points, +3.00 to +5.00 "
        "points); in the other 1 the twins were not told apart ([Learning]), which does not show that they are equal.",
    ]


@pytest.mark.parametrize("half", [None, 1.0])  # the bootstrap over images has an interval with one seed
def test_one_seed_is_told_apart_by_nothing(half: float | None) -> None:
    found = [entry("accuracy", 4.0, half, n=1), entry("energy", 4.0, half, n=1), entry("learning", 0.0, half, n=1)]
    seen = told(run_of(found, seeds=1))
    assert seen[1:] == [
        "Mind that 1 seed is fewer than the 10 that a p-value takes; what follows describes this seed only.",
        "Of the two values, the better one was that of receptive-field in 1 and that of receptive-dense in 1 of the 3 "
        "comparisons, and in 1 they were equal.",
    ]
    assert told(run_of(found[:1], seeds=1))[-1] == (
        "The difference, brain-like minus artificial, was +4.00 points in [Test accuracy]."
    )


def test_several_pairs_are_named_and_many_are_counted() -> None:
    found = [entry("accuracy", 4.0), entry("accuracy", 4.0, pair=SECOND), entry("learning", 0.0, pair=SECOND)]
    seen = told(run_of(found, models=PAIR + SECOND))
    assert seen[0] == (
        "2 pairs of a brain-like network and its artificial twin were compared on digits with 20 seeds in 2 measures, "
        "3 comparisons in all."
    )
    assert seen[1] == (
        "The brain-like network did better in 2 of 3 after Holm's correction: [Test accuracy] (receptive-field and "
        "three-factor); in the other 1 the twins were not told apart, which does not show that they are equal."
    )
    many = [entry("accuracy", 4.0, pair=(f"bns{place}", f"dense{place}")) for place in range(4)]
    assert "in 4 of 4 after Holm's correction: [Test accuracy] (4 pairs)." in told(run_of(many))[1]


def test_everything_at_once_is_five_sentences() -> None:
    found = [entry(study, value, n=3) for study, value in zip(PRIMARY, (4, -4, 0, 4, 4), strict=True)]
    references = [{**REFERENCE, "passed": place > 0} for place in range(3)]
    run = run_of(found, seeds=3, preset="tiny", references=references, warnings={"dense": ["diverged"]})
    seen = told(run)
    assert len(seen) == 5
    assert seen[1] == (
        "Mind that the preset tiny is made for tests and gives no meaningful numbers, that 3 seeds are fewer than the "
        "10 that a p-value takes, that the intervals are not corrected for their number and that there were warnings "
        "about dense; what follows describes these seeds only."
    )
    assert seen[4] == "2 of 3 reference figures were met within the tolerance; missed: rate in Table 1."


def test_without_twins_the_studies_speak() -> None:
    said = {"accuracy": ["First.", "Second. And more.", "Third."], "learning": ["Of learning."]}
    run = run_of([], studies=["accuracy"], models=["reward"], seeds=5)
    assert told(run, said) == [
        "This run measured reward on digits with 5 seeds: [Test accuracy]; without a pair of twins there is no "
        "verdict.",
        "First.",
        "Third.",
    ]
    two = run_of([], studies=["accuracy", "learning"], models=["a", "b", "c", "d"], seeds=1)
    assert told(two, said) == [
        "This run measured 4 networks on digits with 1 seed: [Test accuracy] and [Learning]; without a pair of twins "
        "there is no verdict.",
        "Mind that one seed does not show how much results vary.",
        "First.",
        "Of learning.",
    ]


@pytest.mark.parametrize(
    ("references", "last"),
    [
        ([REFERENCE], "The reference figure was met within the tolerance."),
        ([{**REFERENCE, "passed": False}], "The reference figure was missed."),
        (
            [REFERENCE, {**REFERENCE, "passed": False}],
            "1 of 2 reference figures was met within the tolerance; missed: rate in Table 1.",
        ),
        ([], "No reference figure can be held against it, since none is of the conditions that were run."),
    ],
)
def test_a_classic_is_held_against_its_paper(references: list[dict[str, Any]], last: str) -> None:
    run = run_of([], studies=["siegert"], models=[], seeds=2, protocol="simulation", references=references)
    seen = told(run, {"siegert": ["The neurons fire."]})
    assert seen[0] == "A classic experiment was repeated with 2 seeds: [Rate in response to white noise]."
    assert seen[1:] == ["The neurons fire.", last]


def test_a_study_that_is_not_installed_is_no_failure() -> None:
    assert told(run_of([], studies=["strange"], models=["reward"])) == [
        "This run measured reward on digits with 20 seeds; without a pair of twins there is no verdict."
    ]


def test_a_twin_that_is_missing_is_named() -> None:
    (first, *_) = told(run_of([], studies=["accuracy"], models=["three-factor"]))
    assert first.endswith("; without a pair of twins (that of three-factor is dense) there is no verdict.")


def test_a_verdict_of_a_study_that_is_not_known_is_not_denied() -> None:
    strange = {**entry("accuracy", 1.0), "study": "strange", "metric": "weights"}
    assert (
        told(run_of([strange]))[0] == "This run measured receptive-field and receptive-dense on digits with 20 seeds."
    )


def test_passes_that_differ_between_twins_are_said() -> None:
    """Unless the study sets them for both, as `learning` does."""
    passes = {"receptive-field": 10, "receptive-dense": 50}
    seen = told(run_of([entry("accuracy", 3.0)], passes=passes))
    assert seen[1] == (
        "Mind that the passes through the training samples are not equally many (receptive-field 10 and "
        "receptive-dense 50)."
    )
    assert not any("passes" in text for text in told(run_of([entry("learning", 3.0)], passes=passes)))
    many = [entry("accuracy", 3.0, pair=(f"bns{k}", f"dense{k}")) for k in range(4)]
    models = [name for k in range(4) for name in (f"bns{k}", f"dense{k}")]
    seen = told(run_of(many, models=models, passes={f"bns{k}": 3 for k in range(4)}))
    assert seen[1] == "Mind that twins made different numbers of passes through the training samples."
