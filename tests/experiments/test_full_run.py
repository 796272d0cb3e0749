"""`compare`: every study is carried out, drawn, told and on the page."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from experiments.report import figures
from experiments.run_directory import Run
from experiments.studies import STUDIES

OF_DIGITS = {name: study for name, study in STUDIES.items() if study.samples in ("all", "static")}


@pytest.mark.parametrize("study", OF_DIGITS)
def test_every_study_is_drawn_and_told(full_run: Run, study: str) -> None:
    module = STUDIES[study].figure
    assert study in set(full_run.results["study"])
    assert {plate.figure for plate in module.PLATES} == set(module.draw(full_run))
    sentences = module.sentences(full_run)
    assert 1 <= len(sentences) <= 3
    assert all(re.search(r"[.;]$", sentence) and "nan" not in sentence for sentence in sentences)
    page = (full_run.directory / "report.html").read_text(encoding="utf-8")
    assert STUDIES[study].question in page


def test_the_test_set_was_opened_by_the_studies_that_say_so(full_run: Run) -> None:
    opening = [name for name, study in OF_DIGITS.items() if study.opens_test_set]
    silent = 1  # `synchrony` shows nothing to a network without spike times
    assert full_run.manifest["test_set_openings"] == 2 * len(opening) - silent


def test_one_network_serves_all_studies_that_look_at_trained_ones(full_run: Run) -> None:
    seconds = full_run.manifest["timings"]
    trained = [name for name, study in OF_DIGITS.items() if study.opens_test_set and name != "accuracy"]
    assert {f"{name}, receptive-field, seed 0, seconds" for name in trained} <= set(seconds)
    accuracy = full_run.results[full_run.results["metric"] == "test_accuracy"].set_index("model")["value"]
    final = full_run.results[full_run.results["metric"] == "final_accuracy"]
    latency = final[final["study"] == "latency"].set_index("model")["value"]
    # Of the whole test set and of its first 60 samples, by the same networks.
    assert (latency - accuracy).abs().max() < 0.15


@pytest.mark.slow
def test_words_on_figures_can_be_read(full_run: Run) -> None:
    """A contrast of 4.5 with the white page, as WCAG 2 asks; words within matrices are set against their cells."""
    for name, figure in figures.draw(full_run).figures.items():
        within = {id(text) for ax in figure.axes if ax.images for text in ax.texts}
        for text in figure.findobj(Text):
            if text.get_text() and id(text) not in within:
                assert contrast_with_white(text.get_color()) >= 4.5, (name, text.get_text())


def contrast_with_white(color: object) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 1.05 / (float(np.dot([0.2126, 0.7152, 0.0722], linear)) + 0.05)
