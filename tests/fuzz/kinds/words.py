"""Command lines."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from experiments.run import carry_out
from tests.experiments.here import Here
from tests.fuzz.kinds.kind import Strategy, command
from tests.fuzz.trial import Unexpected

_WORDS = (
    *("compare", "run", "resume", "list", "show", "draw", "raster", "cache", "--help", "-h", "--version"),
    *("accuracy", "transfer", "digits", "studies", "neurons", "brunel", "dense,rate", "nowhere", ".", "/", ""),
    *("--task", "--models", "--seeds", "--preset", "--data-dir", "--out", "--set", "--workers", "--json", "--trial"),
    *("--prune", "--older-than", "--down-to", "--keep-finished", "--", "-", "---", "-5", "--seeds=3", "--set=a.b=1"),
)
_VALUES = (
    *("0", "-1", "1", "2", "1e9", "nan", "inf", "-inf", "0x10", "1_000", "9" * 400, "a" * 3000, "\x1b[31m", "\udc80"),
    *("quick", "full", "tiny", "", " ", "=", ".", "..", "/dev/null", "/proc/self/mem", "~", "*", "'", '"', "a,b,,c"),
    *("models.dense.hidden=[1000000000000]", "transfer.seconds=inf", "transfer.points=[[[[[[1]]]]]]", "studies.a=1"),
    *("models.dense.passes=", "=5", "models..a=1", "accuracy.max_train=-1", "accuracy.max_train=1e400", "a.b.c.d=1"),
    *("models.rate.hidden=[]", "models.rate.activation=3", "models.dense.learning_rate=nan", "transfer.points=true"),
)


class Work(Exception):
    """The command would begin to work: what it was given is right."""


class _Stop(Here):
    def run(self, jobs: Any, watcher: Any) -> Any:
        if jobs:
            raise Work
        return iter(())


def command_lines() -> Strategy:
    """Words that the command knows, and others."""
    word = st.one_of(st.sampled_from(_WORDS), st.sampled_from(_VALUES), st.text(max_size=12))
    option = st.tuples(st.sampled_from([w for w in _WORDS if w.startswith("--")]), st.sampled_from(_VALUES))
    start = st.sampled_from([("run", "accuracy"), ("run", "transfer"), ("compare",), ("cache",), ("list",), ("show",)])
    pairs = st.builds(
        lambda first, rest: [*first, *itertools.chain(*rest)], start, st.lists(option, min_size=1, max_size=3)
    )
    return st.one_of(st.lists(word, min_size=1, max_size=6), pairs)


def use_words(words: list[str], folder: Path) -> None:
    """Call the command with these words, in an empty folder, and stop where work would begin."""

    def patches(patch: pytest.MonkeyPatch) -> None:
        patch.chdir(folder)
        patch.setattr(carry_out, "Workers", _Stop)
        patch.setenv("BNSIM_CACHE", str(folder / "cache"))

    try:
        command(*(word.replace("\0", "") for word in words), patches=patches)
    except Unexpected as error:
        if "unexpected Work" not in str(error):
            raise
