"""The forest plot: every verdict, in its unit, with its interval, and told without colours too."""

from __future__ import annotations

import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from bnsim.plotting.style import BLUE, INK, VERMILLION
from experiments.findings.comparisons import comparisons
from experiments.report import forest
from tests.experiments.findings.twins import PAIR, SECOND, entry, run_of


def marks(ax: Axes) -> list[tuple[float, str, str, str]]:
    """Difference, mark, colour and filling of each row."""
    lines = [line for line in ax.lines if line.get_marker() in ("o", "s", "D")]
    return [
        (float(line.get_xdata()[0]), line.get_marker(), line.get_markeredgecolor(), line.get_markerfacecolor())
        for line in lines
    ]


def intervals(ax: Axes) -> list[tuple[float, float]]:
    segments = [line.get_segments()[0] for line in ax.collections if isinstance(line, LineCollection)]
    return [(segment[0][0], segment[1][0]) for segment in segments]


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_text()]


def test_colour_mark_and_word_tell_the_verdict() -> None:
    found = [entry("accuracy", 2.0), entry("learning", -3.0), entry("robustness", 0.5), entry("privacy", -2.0)]
    ax, less = forest.draw(run_of(found))["verdicts"].axes
    assert marks(ax) == [(2.0, "o", BLUE, BLUE), (-3.0, "s", VERMILLION, VERMILLION), (0.5, "D", INK, "white")]
    assert marks(less) == [(-2.0, "o", BLUE, BLUE)]  # less of it is better
    assert intervals(ax) == [(1.0, 3.0), (-4.0, -2.0), (-0.5, 1.5)]
    said = [word for word in words(ax) if "(" not in word]
    assert said == ["BNS better", "ANN twin better", "not told apart", "◀ ANN twin better", "BNS better ▶"]
    assert "+2.00 points  (+1.00 to +3.00 points)" in [word.replace("\N{NO-BREAK SPACE}", " ") for word in words(ax)]


def test_an_interval_without_zero_is_no_verdict_where_holm_says_so() -> None:
    (ax,) = forest.draw(run_of([entry("accuracy", 2.0, p_holm=0.06)]))["verdicts"].axes
    assert marks(ax) == [(2.0, "D", INK, "white")]
    assert "not told apart" in words(ax)


@pytest.mark.parametrize(("n", "half"), [(9, 1.0), (2, 1.0), (1, None)])
def test_few_seeds_are_grey_and_have_no_word(n: int, half: float | None) -> None:
    run = run_of([entry("accuracy", 2.0, half, n=n), entry("learning", -3.0, half, n=n)], seeds=n)
    (ax,) = forest.draw(run)["verdicts"].axes
    assert [(mark, colour, filling) for _, mark, colour, filling in marks(ax)] == [("D", "#767676", "white")] * 2
    assert len(intervals(ax)) == (0 if half is None else 2)
    assert not any("told apart" in word for word in words(ax))
    assert [word for word in words(ax) if "better" in word] == ["◀ ANN twin better", "BNS better ▶"]
    caption = forest.caption(comparisons(run))
    assert "Grey: fewer than 10 seeds, so a verdict tells what these seeds show" in caption
    assert "Holm" not in caption


def test_right_of_zero_is_always_better_and_units_have_scales_of_their_own() -> None:
    found = [entry("accuracy", 2.0), entry("privacy", 5.0, 2.0), entry("energy", -1000.0, 200.0)]
    run = run_of(found)
    more, less, energy = forest.draw(run)["verdicts"].axes
    assert more.get_xlim() == pytest.approx((-1.08 * 7, 1.08 * 7))  # one scale for both panels of points
    assert less.get_xlim() == pytest.approx((1.08 * 7, -1.08 * 7))
    assert energy.get_xlim() == pytest.approx((1.08 * 1200, -1.08 * 1200))
    assert [ax.get_xlabel() for ax in (more, less, energy)] == [
        "BNS − ANN (percentage points)",
        "BNS − ANN (percentage points), reversed: less is better",
        "BNS − ANN (nJ), reversed: less is better",
    ]
    caption = forest.caption(comparisons(run))
    for told in ("lengths may be compared within a unit only", "the axis runs backwards", "Holm", "not corrected"):
        assert told in caption


def test_several_pairs_are_named_below_their_study() -> None:
    found = [entry(study, 1.0, pair=pair) for study in ("accuracy", "learning") for pair in (PAIR, SECOND)]
    (ax,) = forest.draw(run_of(found, models=PAIR + SECOND))["verdicts"].axes
    rows = ["receptive-field − receptive-dense", "three-factor − dense"]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Test accuracy", *rows, "Learning", *rows]
    heights = [line.get_ydata()[0] for line in ax.lines if line.get_marker() == "D"]
    assert heights == pytest.approx([1, 2, 4.4, 5.4])
    low, high = ax.get_ylim()
    assert (low, high) == pytest.approx((5.9, -0.5))
    assert ax.get_title(loc="left") == "Brain-like networks against their twins, 20 seeds"


def test_all_differences_zero_still_have_an_axis() -> None:
    (ax,) = forest.draw(run_of([entry("accuracy", 0.0, 0.0)]))["verdicts"].axes
    assert ax.get_xlim() == (-1.0, 1.0)


def test_without_twins_there_is_no_plot() -> None:
    assert forest.draw(run_of([], studies=["accuracy"])) == {}


def test_a_verdict_of_a_study_that_is_not_installed_is_left_out() -> None:
    strange = {**entry("accuracy", 1.0), "study": "strange"}
    assert comparisons(run_of([strange, {**entry("learning", 1.0), "metric": "no_metric"}])) == []


def test_long_names_are_shortened() -> None:
    (ax,) = forest.draw(run_of([entry("accuracy", 1.0, pair=("b" * 90, "dense"))]))["verdicts"].axes
    assert ax.get_title(loc="left") == f"{'b' * 39}… against dense, 20 seeds"
