"""The language study: bits, what is written, its figures and sentences, and which tasks and models it takes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from bnsim.arrays import FloatArray
from bnsim.errors import InputError
from experiments.report import figures
from experiments.run.configuration import model_parameters
from experiments.run.plan import check
from experiments.run.request import Request
from experiments.run_directory import Run
from experiments.studies import STUDIES
from experiments.studies.language.figure import drawable, sentences, written
from experiments.studies.language.measure import bits, spread
from experiments.studies.language.writing import continued
from experiments.tasks import load_task
from experiments.tasks.dataset import Samples
from models import registry
from models.sequences import as_sequences
from tests.experiments.digits import ignore
from tests.experiments.here import run_here

pytestmark = pytest.mark.filterwarnings("ignore:book. .* characters were read:UserWarning")
WORDS = ("the", "cat", "sat", "on", "a", "mat", "and", "then", "it", "slept")


def book(path: Path) -> str:
    """A text of ten words in any order."""
    path.write_text(" ".join(np.random.default_rng(0).choice(WORDS, 6000)), encoding="utf-8")
    return str(path)


def test_bits_are_the_mean_of_the_logarithms() -> None:
    assert bits(np.array([1.0, 0.5, 0.25])) == pytest.approx(1.0)
    assert bits(np.array([0.0])) == pytest.approx(-np.log2(1e-7))


def test_windows_are_spread_over_the_test_set() -> None:
    samples = Samples(np.arange(10.0)[:, None], np.arange(10))
    assert spread(samples, 3).y.tolist() == [0, 3, 6]
    assert spread(samples, 99).y.tolist() == list(range(10))


class Cycle:
    """Knows that b follows a, c follows b and a follows c, and that d never comes; it has seen no symbol but these."""

    classes_ = np.array([0, 1, 2])

    def __init__(self) -> None:
        self.seen: list[list[int]] = []

    def predict_proba(self, X: FloatArray) -> FloatArray:
        values, lengths = as_sequences(X, (4, 5))
        self.seen += [row[:length].argmax(axis=1).tolist() for row, length in zip(values, lengths, strict=True)]
        return np.eye(3)[(values[np.arange(len(X)), lengths - 1].argmax(axis=1) + 1) % 3]


def test_each_symbol_follows_from_the_window_before_it() -> None:
    model = Cycle()
    starts = [np.array([0, 3, 1, 0]), np.array([2])]
    found = continued(model, starts, (4, 5), 5, np.random.default_rng(0), ignore)
    assert found.tolist() == [[1, 2, 0, 1, 2], [0, 1, 2, 0, 1]]
    assert model.seen[:4] == [[0, 3, 1, 0], [2], [3, 1, 0, 1], [2, 0]]
    assert model.seen[-2:] == [[1, 2, 0, 1], [0, 1, 2, 0]]


class Coin:
    """Gives a probability of 0.8 to the second of two symbols."""

    classes_ = np.array([2, 5])

    def predict_proba(self, X: FloatArray) -> FloatArray:
        return np.tile([0.2, 0.8], (len(X), 1))


def test_symbols_are_drawn_by_their_probabilities() -> None:
    starts = [np.zeros(1, np.int64)] * 50
    found = continued(Coin(), starts, (4, 7), 40, np.random.default_rng(0), ignore)
    assert set(found.ravel()) == {2, 5}
    assert (found == 5).mean() == pytest.approx(0.8, abs=5 * np.sqrt(0.16 / found.size))
    again = continued(Coin(), starts, (4, 7), 40, np.random.default_rng(0), ignore)
    assert np.array_equal(found, again)


def test_it_takes_strings_alone(tmp_path: Path) -> None:
    path = book(tmp_path / "book.txt")
    taken = check(Request("compare", path, ("gru",), 1, "full")).studies
    assert set(STUDIES) - set(taken) == {"adversarial", "forgetting", "privacy"}
    message = r"^--task book: forgetting forms groups of classes, and a string holds symbols of all; choose a task that"
    with pytest.raises(InputError, match=message):
        check(Request("forgetting", path, ("gru",), 1))
    for task in ("digits", "digits-rows"):
        assert "language" not in check(Request("compare", task, ("gru",), 1)).studies
        message = (
            f"^--task {task}: language asks which symbol comes next in a string; choose next-character, or a text "
            r"\(book.txt\)$"
        )
        with pytest.raises(InputError, match=message):
            check(Request("language", task, ("gru",), 1))


def test_models_are_told_that_they_predict(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text, digits = load_task(book(tmp_path / "book.txt")), load_task("digits-rows")
    entry = SimpleNamespace(parameter_names=lambda: ("sequence_shape", "answer_steps", "predict_next"))
    monkeypatch.setattr(registry, "entry", lambda name: entry)
    told = model_parameters("gru", text, "quick")
    assert (told["predict_next"], told["answer_steps"], told["sequence_shape"]) == (True, 1, text.sequence_shape)
    assert "predict_next" not in model_parameters("gru", digits, "quick")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("language")
    settings = {
        "models.gru.units": 30,
        "models.gru.passes": 30,
        "models.gru.learning_rate": 0.02,
        "language.orders": 4,
        "language.max_train": None,
    }
    return run_here("language", ("gru",), settings, folder / "run", task=book(folder / "book.txt"), preset="tiny")


@pytest.mark.slow
def test_a_network_is_held_against_n_grams(run: Run) -> None:
    found = run.results.set_index("metric")
    n_grams = found.loc["n_gram_bits"].set_index("step")["value"]
    assert n_grams.index.tolist() == [1, 2, 3, 4]
    assert n_grams[3] < n_grams[2] < n_grams[1] < np.log2(14)
    network = found["value"]
    assert network["bits_per_character"] < n_grams[1]  # it has learned from what comes before
    assert network["right"] > 0.4  # a blank follows one character in four
    assert run.manifest["task"]["predict_next"] is True
    ((before, after), (_, other)) = written(run, "gru")
    assert (len(before), len(after), len(other)) == (64, 20, 20)
    assert set(after) <= set("".join(WORDS)) | {" "}
    assert "strings of up to 64 symbols, 14 different ones;" in (run.directory / "report.html").read_text()


@pytest.mark.slow
def test_figures_and_sentences(run: Run) -> None:
    drawn = figures.draw(run).figures
    assert set(drawn) == {"language_bits", "language_text"}
    before, after = written(run, "gru")[0]
    assert before in "".join(words_of(drawn["language_text"]))
    said = sentences(run)
    assert said[0].startswith("Bits per character: ")
    assert re.fullmatch(
        r"N-grams of order 1 to 4, counted on the same windows, need (\d\.\d\d, ){2}\d\.\d\d and \d\.\d\d bit\.",
        said[1],
    )
    assert said[2] == f"After “{before[-60:].strip()}”, gru writes “{after.strip()}”."


@pytest.mark.slow
def test_a_network_without_probabilities_has_answers_alone(run: Run) -> None:
    kept = ~run.results["metric"].isin(["bits_per_character", "symbol"])
    summary = {**run.summary, "metrics": [one for one in run.summary["metrics"] if "character" not in one["metric"]]}
    alone = replace(run, results=run.results[kept], summary=summary)
    assert set(figures.draw(alone).figures) == {"language_bits"}
    said = sentences(alone)
    assert said[0].startswith("No network of this run gives probabilities; characters predicted correctly: ")
    assert len(said) == 2


def words_of(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text)]


def test_signs_that_the_font_lacks_are_not_drawn() -> None:
    assert drawable(["blank", "a", "é", "ж"])
    assert not drawable(["blank", "a", "語"])
