"""Tasks in time against their definitions, and how sequences are scaled and refused."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy.stats import binom, norm

from bnsim.errors import InputError
from experiments.tasks import (
    context_decision,
    decisions,
    delayed_match,
    evidence,
    load_task,
    perceptual_decision,
    store_recall,
    tasks,
)
from experiments.tasks.dataset import Dataset, final_split, validation_split
from models.sequences import as_rows, as_sequences, lasting

ANSWER_STEPS = {  # durations of recall or decision over the step, in ms
    "evidence": 150 // 10,
    "store-recall": 200 // 20,
    "reber": 1,
    "perceptual-decision": 100 // 50,
    "delayed-match": 100 // 50,
    "context-decision": 100 // 50,
}


@pytest.fixture(scope="module", params=ANSWER_STEPS)
def drawn(request: pytest.FixtureRequest) -> Dataset:
    return load_task(request.param)


def test_checksums_stay(drawn: Dataset) -> None:
    """Drawn by NumPy's default generator, whose streams are kept for good but for its distributions."""
    assert (
        drawn.checksum[:12]
        == {
            "evidence": "5a1d256d6fa2",
            "store-recall": "881be6013377",
            "reber": "ada4d84500d6",
            "perceptual-decision": "3b6f7ac423fb",
            "delayed-match": "9ad50390c45a",
            "context-decision": "61eed0109c0c",
        }[drawn.name]
    )
    assert tasks()[drawn.name].summary.startswith("sequences: ")
    assert (drawn.image_shape, drawn.scaling) == (None, 1.0)
    assert drawn.answer_steps == ANSWER_STEPS[drawn.name]
    # Classes are equally probable: five standard deviations.
    assert drawn.y.mean() == pytest.approx(0.5, abs=2.5 / np.sqrt(len(drawn.y)))


def test_cues_come_with_the_probability_of_their_side() -> None:
    sides = evidence.cues(20_000, np.random.default_rng(0))
    counts = np.bincount(sides.sum(axis=1), minlength=8) / 20_000
    expected = (binom.pmf(range(8), 7, 0.3) + binom.pmf(range(8), 7, 0.7)) / 2
    np.testing.assert_allclose(counts, expected, atol=5 * np.sqrt(0.25 / 20_000))  # five standard deviations


def test_a_trial_of_evidence() -> None:
    """By hand: 50 ms of nothing, 100 ms of a cue, seven times; 1 s of delay; 150 ms of recall."""
    rates = evidence.rates(np.array([[0, 1, 1, 0, 1, 0, 1]]))[0]
    assert rates.shape == (220, 4)
    assert (rates[:, 3] == 10).all()
    for number, side in enumerate([0, 1, 1, 0, 1, 0, 1]):
        assert not rates[15 * number : 15 * number + 5, :3].any()
        cue = rates[15 * number + 5 : 15 * number + 15]
        assert (cue[:, side] == 40).all()
        assert not cue[:, [1 - side, 2]].any()
    assert not rates[105:205, :3].any()
    assert (rates[205:, 2] == 40).all()
    assert not rates[205:, :2].any()


def test_evidence_is_read_from_its_spikes() -> None:
    dataset = load_task("evidence")
    values, lengths = as_sequences(dataset.X, (220, 41))
    assert (lengths == 220).all()
    groups = values.reshape(-1, 220, 4, 10)
    for group, expected in ((0, 7 * 0.1 / 2 * 40), (1, 7 * 0.1 / 2 * 40), (2, 0.15 * 40), (3, 2.2 * 10)):
        found = groups[:, :, group].sum(axis=(1, 2)) / 10
        # Of 9000 trials; sides vary from trial to trial, which doubles the deviation of the first two at most.
        assert found.mean() == pytest.approx(expected, rel=0.02)
    # A cue of 100 ms holds 40 spikes of its group, so that its side is seen without doubt.
    cues = groups[:, :105, :2].reshape(-1, 7, 15, 2, 10)[:, :, 5:].sum(axis=(2, 4))
    sides = cues.argmax(axis=2)
    assert (cues.min(axis=2) == 0).all()
    np.testing.assert_array_equal(dataset.y, sides.sum(axis=1) > 3.5)
    assert (dataset.n_train, dataset.n_validation, len(dataset.y)) == (8000, 1000, 9000)


def test_what_is_stored_is_what_is_to_be_recalled() -> None:
    active, stored, n_periods = store_recall.trials(2000, np.random.default_rng(0))
    periods = np.arange(12)
    for trial, value, length in zip(active, stored, n_periods, strict=True):
        zero, one, store, recall = trial.T
        (at,), (end,) = np.flatnonzero(store), np.flatnonzero(recall)
        assert end == length - 1
        assert (zero[at], one[at]) == (value == 0, value == 1)
        np.testing.assert_array_equal(zero ^ one, periods < end)
        assert not (zero & one).any()
    assert set(n_periods) == set(range(2, 13))


def test_store_recall_is_read_from_its_spikes() -> None:
    dataset = load_task("store-recall")
    values, lengths = as_sequences(dataset.X, (120, 41))
    assert set(lengths) == {10 * n for n in range(2, 13)}
    # Ten neurons at 50 Hz emit 100 spikes in 200 ms, others none.
    counts = values.reshape(-1, 12, 10, 4, 10).sum(axis=(2, 4))
    store = counts[:, :, 2].argmax(axis=1)
    np.testing.assert_array_equal(counts[np.arange(5000), store, 1] > 0, dataset.y)
    assert counts[counts > 0].mean() == pytest.approx(100, rel=0.005)


def accepted(string: str) -> bool:
    """Whether an embedded Reber string is one, by another automaton, after the diagram of Reber (1967)."""
    ways = {
        "begin": {"B": "1"},
        "1": {"T": "2", "P": "3"},
        "2": {"S": "2", "X": "4"},
        "3": {"T": "3", "V": "5"},
        "4": {"X": "3", "S": "6"},
        "5": {"P": "4", "V": "6"},
        "6": {"E": "end"},
    }
    if string[0] != "B" or string[-1] != "E" or string[1] not in "TP" or string[-2] != string[1]:
        return False
    state = "begin"
    for symbol in string[2:-2]:
        if symbol not in ways.get(state, {}):
            return False
        state = ways[state][symbol]
    return state == "end"


def test_reber_strings_are_those_of_the_grammar() -> None:
    assert accepted("BTBTXSETE")
    assert accepted("BPBPTTVPXVVEPE")
    assert not any(map(accepted, ["BTBTXSEPE", "BTBTXXSETE", "BTBTSETE", "BPBPTTVPXVVPE"]))
    dataset = load_task("reber")
    values, lengths = as_sequences(dataset.X, (27, 8))
    symbols = np.array(list("BTPSXVE"))
    strings = ["".join(symbols[steps[:length].argmax(axis=1)]) for steps, length in zip(values, lengths, strict=True)]
    np.testing.assert_array_equal(values.sum(axis=2), lasting(dataset.X, (27, 8)))
    closing = [dataset.classes[label] for label in dataset.y]
    assert closing == [string[1] for string in strings]
    assert all(accepted(f"{string}{string[1]}E") for string in set(strings))
    assert len(set(strings)) > 2000
    # The shortest inner strings, BTXSE and BPVVE, are three choices each of one half.
    shortest = float(np.mean([string[2:] in ("BTXSE", "BPVVE") for string in strings]))
    kept = 1 - 0.0018  # of longer ones that are drawn anew
    assert shortest == pytest.approx(0.25 / kept, abs=5 * np.sqrt(0.25 * 0.75 / len(strings)))


def ideal(coherences: tuple[float, ...], steps: int, variance: float) -> float:
    """Share of trials that an observer has right who adds up the difference of two stimuli over so many steps."""
    of_sum = np.sqrt(2 * steps) * np.sqrt(2 * 100 * variance / decisions.STEP)
    return float(np.mean([norm.cdf(steps * c / of_sum) for c in coherences]))


def test_an_observer_that_adds_up_decides_as_theory_says() -> None:
    dataset = load_task("perceptual-decision")
    values, _ = as_sequences(dataset.X, (44, 4))
    answers = values[:, :, 1].sum(axis=1) < values[:, :, 2].sum(axis=1)
    expected = ideal(perceptual_decision.COHERENCES, 40, perceptual_decision.VARIANCE)
    assert expected == pytest.approx(0.884, abs=5e-4)  # as the module says
    assert np.mean(answers == dataset.y) == pytest.approx(expected, abs=5 * np.sqrt(0.25 / 5000))
    np.testing.assert_array_equal(values[:, :, 0], np.tile(np.arange(44) < 42, (5000, 1)))
    assert not values[:, :2, 1:].any()
    assert not values[:, 42:].any()


def test_the_cue_says_which_evidence_counts() -> None:
    dataset = load_task("context-decision")
    values, lengths = as_sequences(dataset.X, (83, 8))
    cue = values[:, 0, 5:].argmax(axis=1)
    seen = values[:, 6:21, 1:5].sum(axis=1).reshape(-1, 2, 2)
    right, wrong = (np.mean(seen[np.arange(5000), kind].argmax(axis=1) == dataset.y) for kind in (cue, 1 - cue))
    expected = ideal(context_decision.COHERENCES, 15, context_decision.VARIANCE)
    assert expected == pytest.approx(0.871, abs=5e-4)
    assert right == pytest.approx(expected, abs=5 * np.sqrt(0.25 / 5000))
    assert wrong == pytest.approx(0.5, abs=5 * np.sqrt(0.25 / 5000))  # the other kind tells nothing
    delay = (lengths - 23) * decisions.STEP
    assert delay.min() >= 300
    assert delay.max() <= 3000
    # The mean of an exponential distribution with mean 600 between 300 and 3000, less half a step for whole steps.
    a, b = np.exp(-0.5), np.exp(-5)
    mean = 600 + (300 * a - 3000 * b) / (a - b)
    assert delay.mean() == pytest.approx(mean - 25, abs=5 * 600 / np.sqrt(5000))


def test_a_match_is_the_same_stimulus_again() -> None:
    dataset = load_task("delayed-match")
    values, _ = as_sequences(dataset.X, (48, 4))
    sample, test = (values[:, part, 1:].mean(axis=1).argmax(axis=1) for part in (slice(6, 16), slice(36, 46)))
    assert dataset.classes == ("match", "other")
    np.testing.assert_array_equal(dataset.y == 0, sample == test)
    assert not values[:, 16:36, 1:].any()
    shown = np.take_along_axis(values[:, 6:16, 1:], sample[:, None, None], axis=2)
    sigma = np.sqrt(2 * 100 * delayed_match.VARIANCE / decisions.STEP)
    assert shown.mean() == pytest.approx(1, abs=5 * sigma / np.sqrt(50_000))
    assert shown.std() == pytest.approx(sigma, rel=5 / np.sqrt(2 * 50_000))


def test_images_come_row_after_row() -> None:
    images, sequences = load_task("digits"), load_task("digits-rows")
    values, lengths = as_sequences(sequences.X, (8, 9))
    np.testing.assert_array_equal(values, images.X.reshape(-1, 8, 8))
    assert (lengths == 8).all()
    assert (sequences.sequence_shape, sequences.image_shape, sequences.classes) == ((8, 9), None, images.classes)
    assert sequences.answer_steps == 1
    train = final_split(sequences, seed=0).train
    scaled, _ = as_sequences(train.X, (8, 9))
    np.testing.assert_array_equal(scaled.reshape(-1, 64), final_split(images, seed=0).train.X)
    assert (train.X.reshape(-1, 8, 9)[:, :, -1] == 1).all()


@pytest.fixture
def unequal() -> Dataset:
    """Sequences of 1 to 6 steps, with channels of different size, one of which is constant."""
    generator = np.random.default_rng(0)
    values = generator.normal([5.0, -200.0, 3.0], [2.0, 30.0, 0.0], (100, 6, 3))
    X = as_rows(values, generator.integers(1, 7, 100))
    return Dataset("mine", X, np.arange(100) % 2, ("a", "b"), None, "standardise", sequence_shape=(6, 4))


def test_channels_are_scaled_by_the_steps_that_last(unequal: Dataset) -> None:
    split = validation_split(unequal, seed=0)
    inside = lasting(split.train.X, (6, 4))
    steps = split.train.X.reshape(-1, 6, 4)
    assert not steps[~inside].any()
    assert (steps[inside][:, 3] == 1).all()
    np.testing.assert_allclose(steps[inside][:, :3].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(steps[inside][:, :3].std(axis=0), [1, 1, 0], atol=1e-12)
    held = split.held_out.X.reshape(-1, 6, 4)
    assert not held[~lasting(split.held_out.X, (6, 4))].any()
    assert set(held[:, :, 3].ravel()) == {0.0, 1.0}
    ranged = final_split(replace(unequal, scaling="range"), seed=0).train.X
    assert set(ranged.reshape(-1, 6, 4)[:, :, 3].ravel()) == {0.0, 1.0}
    assert (ranged.min(), ranged.max()) == (0, 1)


def test_padding_takes_no_part_in_scaling(unequal: Dataset) -> None:
    steps = unequal.X.reshape(-1, 6, 4).copy()
    after = steps[:, :, 3] == 0
    steps[after, :3] = 1e6
    spoilt = replace(unequal, X=steps.reshape(100, -1))
    for clean, other in zip(
        vars(final_split(unequal, seed=0)).values(), vars(final_split(spoilt, seed=0)).values(), strict=True
    ):
        np.testing.assert_array_equal(other.X, clean.X)


def test_data_that_are_no_sequences_are_refused(unequal: Dataset) -> None:
    with pytest.raises(
        InputError, match=r"^mine: the last channel of sample 0 is no mask, 1 from the first step to the"
    ):
        replace(unequal, X=unequal.X + 1)
    with pytest.raises(
        InputError, match=r"^mine.sequence_shape: 5 steps of 4 channels, the mask among them, do not make"
    ):
        replace(unequal, sequence_shape=(5, 4))
    message = (
        r"^mine: sequence_shape \(6, 4\) beside image_shape \(6, 4\); give sequences \(time, channel\), the mask as "
    )
    with pytest.raises(InputError, match=message):
        replace(unequal, image_shape=(6, 4))
    with pytest.raises(InputError, match=r"^mine: sequence_shape \(24, 1\) beside image_shape None; give sequences "):
        replace(unequal, sequence_shape=(24, 1))
    assert replace(unequal, answer_steps=6).answer_steps == 6
    for wrong in (0, 7, 1.0):
        with pytest.raises(InputError, match=rf"^mine: answer_steps {wrong} of 6; give 1 to 6, or None$"):
            replace(unequal, answer_steps=wrong)
    with pytest.raises(InputError, match=r"^mine: answer_steps 1 of samples that are no sequences; leave it out$"):
        replace(unequal, sequence_shape=None, answer_steps=1)


def test_an_archive_with_lengths_holds_sequences(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    X, lengths, y = generator.normal(size=(40, 5, 2)), generator.integers(1, 6, 40), np.arange(40) % 2
    X[np.arange(5) >= lengths[:, None]] = np.nan  # as some programs pad
    np.savez(path := tmp_path / "mine.npz", X=X, lengths=lengths, y=y)
    dataset = load_task(str(path))
    np.testing.assert_array_equal(dataset.X, as_rows(X, lengths))
    assert (dataset.sequence_shape, dataset.image_shape, dataset.scaling) == ((5, 3), None, "standardise")
    assert dataset.answer_steps == 1
    assert dataset.notes == ("samples of shape (5, 2) were read as sequences of up to 5 steps of 2 channels",)
    np.savez(path, X=np.nan_to_num(X), y=y)
    (note,) = load_task(str(path)).notes
    assert (
        note == "samples of shape (5, 2) were read as images of 5 x 2 pixels (with an array lengths they are sequences)"
    )


def test_vowels_need_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aeon", None)
    monkeypatch.setitem(sys.modules, "aeon.datasets", None)
    message = r"^--task japanese-vowels: needs aeon \(.*\); pip install 'bnsim\[sequences\]'$"
    with pytest.raises(InputError, match=message):
        load_task("japanese-vowels")


def test_vowels_are_read_as_aeon_gives_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """With two utterances a speaker and part in the form of aeon's: (channel, step) each, and labels as text."""
    generator = np.random.default_rng(0)
    labels = np.repeat([str(number) for number in range(1, 10)], 2)
    spoken = {
        part: [generator.normal(size=(12, generator.integers(7, 30))) for _ in labels] for part in ("train", "test")
    }
    module = ModuleType("aeon.datasets")
    module.load_japanese_vowels = lambda split: (spoken[split], labels)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "aeon", ModuleType("aeon"))
    monkeypatch.setitem(sys.modules, "aeon.datasets", module)
    dataset = load_task("japanese-vowels")
    utterances = [*spoken["train"], *spoken["test"]]
    longest = max(utterance.shape[1] for utterance in utterances)
    assert (dataset.sequence_shape, dataset.n_train, dataset.scaling) == ((longest, 13), 18, "standardise")
    assert dataset.answer_steps == 1
    values, lengths = as_sequences(dataset.X, (longest, 13))
    for steps, length, utterance in zip(values, lengths, utterances, strict=True):
        np.testing.assert_array_equal(steps[:length], utterance.T)
    assert [dataset.classes[label] for label in dataset.y[:4]] == ["speaker 1", "speaker 1", "speaker 2", "speaker 2"]


@pytest.mark.slow
def test_vowels_are_the_published_ones() -> None:
    pytest.importorskip("aeon", reason="the extra sequences is not installed")
    dataset = load_task("japanese-vowels")
    assert dataset.sequence_shape == (29, 13)
    assert dataset.checksum.startswith("5e735c83c0f7")
    assert np.bincount(dataset.y[:270]).tolist() == [30] * 9
    assert np.bincount(dataset.y[270:]).tolist() == [31, 35, 88, 44, 29, 24, 40, 50, 29]


FULL = np.full(40, 5)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"X": np.zeros((40, 10))},
            r"X has shape \(40, 10\) and type float64 beside lengths; give numbers \(n, time, cha",
        ),
        ({"X": np.zeros((40, 5, 0))}, r"X has shape \(40, 5, 0\) and type float64 beside lengths; give numbers"),
        (
            {"lengths": FULL[:39]},
            r"lengths has shape \(39,\) and type int64; give one whole number of steps for each of 40",
        ),
        ({"lengths": FULL / 2}, r"lengths has shape \(40,\) and type float64; give one whole number of steps"),
        ({"lengths": FULL - 5}, "lengths holds 0 at 0, and X 5 steps; give 1 to 5 steps"),
        ({"lengths": FULL + 1}, "lengths holds 6 at 0, and X 5 steps; give 1 to 5 steps"),
        ({"X": np.full((40, 5, 2), np.inf)}, r"X is not finite at \(0, 0, 0\); remove NaN and infinity"),
        ({"y": np.zeros(40, int)}, "y holds one class only, 0; give at least two classes"),
        ({"lengths": FULL.astype(object)}, "lengths is an object array, which is never unpickled; save numbers"),
    ],
)
def test_archives_of_sequences_that_are_refused(changed: dict[str, np.ndarray], message: str, tmp_path: Path) -> None:
    good = {"X": np.ones((40, 5, 2)), "lengths": FULL, "y": np.arange(40) % 2}
    np.savez(path := tmp_path / "mine.npz", **{**good, **changed})
    with pytest.raises(InputError, match=f"mine.npz: {message}"):
        load_task(str(path))
