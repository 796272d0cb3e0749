"""The report: one page that needs nothing else, escapes names, and claims no more than the numbers do."""

import copy
import dataclasses
import errno
import itertools
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bnsim.errors import InputError
from experiments import report
from experiments.report.tables import intervals_by, metric_rows, twin_rows
from experiments.run_directory import Run, RunContents, write_contents
from experiments.shared.wording import number
from experiments.studies import STUDIES
from tests.experiments.here import empty_pictures


class Page(HTMLParser):
    """Collects a page's text without scripts, its tags, and the addresses that it loads from."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside not in ("script", "style"):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts))


@pytest.fixture(scope="module")
def written(stored_run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Page]:
    folder = tmp_path_factory.mktemp("report") / "run"
    shutil.copytree(stored_run.directory, folder)
    path = report.write(folder)
    return path, Page(path.read_text(encoding="utf-8"))


def test_page_and_figures_are_written(written: tuple[Path, Page]) -> None:
    path, _ = written
    assert path.name == "report.html"
    stems = {"accuracy", "confusion", "learning", "weights", "selectivity", "gradient_angle"}
    stems |= {
        "sample_efficiency",
        "one_pass",
        "representation",
        "representation_time",
        "information",
        "information_time",
    }
    stems.add("verdicts")
    stems |= {f"side_by_side-receptive-field-{case}" for case in ("correct", "wrong")}
    files = {file.name for file in (path.parent / "figures").iterdir()}
    assert files == {f"{stem}.{suffix}" for stem in stems for suffix in ("svg", "png")}


def test_page_loads_nothing_from_elsewhere(written: tuple[Path, Page]) -> None:
    _, page = written
    addresses = [
        attributes[name] or "" for _, attributes in page.tags for name in ("src", "href") if name in attributes
    ]
    assert len(addresses) >= 3
    assert all(address.startswith(("data:", "#")) for address in addresses)
    assert not any(tag == "link" for tag, _ in page.tags)


def test_every_image_has_an_alternative_text(written: tuple[Path, Page]) -> None:
    _, page = written
    images = [attributes for tag, attributes in page.tags if tag == "img"]
    assert all(len(attributes["alt"] or "") > 40 for attributes in images)


def test_names_from_data_are_escaped(written: tuple[Path, Page]) -> None:
    _, page = written
    assert "5 as <b>9</b>" in page.text
    assert "<none & all>" in page.text
    assert not any(tag == "b" for tag, _ in page.tags)


def test_every_image_can_be_picked(written: tuple[Path, Page]) -> None:
    path, page = written
    options = [attributes["value"] for tag, attributes in page.tags if tag == "option"]
    assert options == ["0", "1", "2"]
    assert "5, test sample 5: wrong in receptive-field" in page.text
    assert "7, test sample 7: right in all" in page.text
    labels = {attributes["for"] for tag, attributes in page.tags if tag == "label"}
    assert labels == {attributes["id"] for tag, attributes in page.tags if tag == "select"} == {"picked-image"}
    assert "Wrongly classified by receptive-field: 5 as <b>9</b>. The answer of receptive-dense is 5." in page.text
    assert '"HoverTool"' in path.read_text(encoding="utf-8")


def test_contents_lead_to_every_section(written: tuple[Path, Page]) -> None:
    _, page = written
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    sections = [attributes["id"] for tag, attributes in page.tags if tag == "section"]
    assert links[: len(sections) + 1] == ["#content", *(f"#{section}" for section in sections)]
    assert sections[:3] == ["in-short", "between-twins", "study-accuracy"]


def test_names_of_studies_lead_to_their_sections(written: tuple[Path, Page]) -> None:
    _, page = written
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    sections = [f"#{attributes['id']}" for tag, attributes in page.tags if tag == "section"]
    beside = links[len(sections) + 1 :]  # after the contents
    assert set(beside) <= set(sections)
    # in short, among the verdicts, and among all metrics
    assert beside.count("#study-sample-efficiency") == 3
    assert "Sample efficiency Mean validation accuracy over training sets from one sample of each class on" in page.text


def test_headings_go_down_by_one(written: tuple[Path, Page]) -> None:
    _, page = written
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_study_has_a_section_with_its_question(written: tuple[Path, Page], stored_run: Run) -> None:
    _, page = written
    studied = [study for name, study in STUDIES.items() if name in stored_run.config]  # others are in their own tests
    assert len(studied) == 6
    for study in studied:
        assert f"{study.title} {study.question}" in page.text
    assert page.text.count("Method and metrics") == len(studied)
    assert "test_accuracy Test accuracy Fraction of the test set classified correctly." in page.text
    assert "Angle between weight changes and gradient descent" in page.text


def test_no_word_of_significance_with_few_seeds(written: tuple[Path, Page]) -> None:
    _, page = written
    assert "ignifican" not in page.text
    assert "p (Holm)" not in page.text
    assert "With fewer than 10 seeds" in page.text


def test_method_tells_how_twins_were_compared_and_how_models_were_trained(written: tuple[Path, Page]) -> None:
    _, page = written
    method = "Intervals of differences: corrected resampled t (Nadeau & Bengio 2003)."
    assert page.text.count(method) == 2  # below the verdicts, and below all other differences
    assert page.text.count("corrected resampled t (Nadeau & Bengio 2003)") == 2
    assert "not equally many for all models: receptive-field 20, receptive-dense 16, dense 16." in page.text
    assert "the same number of passes over the training samples: 7." in page.text
    assert "hold 1, 3, 10 samples of each class" in page.text
    assert "1000 samples: receptive-field 100, 34, 10; dense 100, 50, 50." in page.text
    assert "every sample once, batches of one; dense with learning_rate 0.0003." in page.text
    assert "The test set was opened 15 times" in page.text
    assert "samples before the test: 5. Deviation" in page.text
    assert "samples before the test: 20 at most, fewer where the loss on a tenth" in page.text


def written_again(folder: Path) -> Page:
    """The page of a changed run; the pictures are those of `written` and of no interest."""
    with empty_pictures():
        return Page(report.write(folder).read_text(encoding="utf-8"))


def test_a_run_that_was_never_tested_or_tuned_says_so(accuracy_run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(accuracy_run.directory, folder)
    changed = {"test_set_openings": 0, "settings_tried_on_validation": {"receptive-field": 0, "dense": 0}}
    (folder / "manifest.json").write_text(json.dumps({**accuracy_run.manifest, **changed}))
    page = written_again(folder)
    assert "The test set was not opened." in page.text
    assert "before the test" not in page.text
    assert "No setting was tuned on these data: all are those of the preset for data of this kind." in page.text
    assert "tried on validation splits" not in page.text


def test_drawing_again_on_a_full_disk_leaves_the_old_page(
    accuracy_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(accuracy_run.directory, folder)
    (folder / "figures").mkdir(exist_ok=True)
    for old in (folder / "report.html", folder / "figures" / "accuracy.svg"):
        old.write_text("old")
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    write_text = Path.write_text

    def full(self: Path, text: str, **options: Any) -> int:
        write_text(self, text[: len(text) // 2], **options)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with empty_pictures(), pytest.raises(OSError, match="No space left"):
        report.write(folder)
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before


def said(run: Run) -> list[list[str]]:
    """What is said of each study of trained networks."""
    studies = ("accuracy", "learning", "sample-efficiency", "one-pass")
    return [STUDIES[study].figure.sentences(run) for study in studies]


def test_sentences_follow_from_the_numbers(stored_run: Run) -> None:
    (accuracy,), (learning, mean), (few,), (once,) = said(stored_run)
    entry = next(e for e in stored_run.summary["differences"] if e["metric"] == "test_accuracy")
    assert f"{abs(entry['difference']):.2f} percentage points more than its twin receptive-dense" in accuracy
    assert re.search(
        rf"interval of the difference over 5 seeds is \S+ to \S+\spoints\. Verdict: {entry['verdict']}\.$", accuracy
    )
    assert learning.startswith("On the validation split, the mean accuracy first reached 90")
    assert re.match(r"The mean accuracy along the curve was \S+\s% \(\S+ to \S+\s%\) in receptive-field, ", mean)
    assert few.startswith("On average over small and large training sets, receptive-field (BNS) classified 8")
    assert once.startswith("After seeing every sample once, receptive-field (BNS) classified ")
    assert "of the validation samples correctly" in once

    reversed_run = copy.deepcopy(stored_run.summary)
    for difference in reversed_run["differences"]:
        difference |= {"difference": -0.5, "ci_low": -0.7, "ci_high": -0.3, "verdict": "of the summary"}
    (accuracy,), *_ = said(dataclasses.replace(stored_run, summary=reversed_run))
    assert "0.50 percentage points fewer than its twin" in accuracy
    assert accuracy.endswith("is −0.70 to −0.30\N{NO-BREAK SPACE}points. Verdict: of the summary.")


def test_one_seed_has_no_interval(stored_run: Run) -> None:
    summary = copy.deepcopy(stored_run.summary)
    for entry in [*summary["differences"], *summary["metrics"]]:
        entry |= {"ci_low": None, "ci_high": None}
    run = dataclasses.replace(stored_run, summary=summary)
    assert said(run)[0][0].endswith("; one seed gives no interval.")
    assert twin_rows(run, primary=True)[0].difference.interval == "no interval: one seed"


def test_several_methods_are_told_with_their_metrics(stored_run: Run) -> None:
    rows = twin_rows(stored_run, primary=True)
    assert len(rows) == 4
    rows[0] = dataclasses.replace(rows[0], method="paired bootstrap")
    told = "Intervals of differences: paired bootstrap (Test accuracy); corrected resampled t (Nadeau & Bengio 2003) "
    assert intervals_by(rows) == f"{told}(all others)."
    assert intervals_by([]) == ""


def test_metric_table_has_a_cell_for_every_model(stored_run: Run) -> None:
    rows = {row.metric: row for row in metric_rows(stored_run)}
    assert "class_selectivity" not in rows
    assert "validation_accuracy" not in rows
    assert "confusion_count" not in rows
    assert [cell.mean for cell in rows["trainable_parameters"].cells] == ["20,000"] * 3
    assert [cell.mean for cell in rows["spikes_per_neuron_trial"].cells][1:] == ["–", "–"]


def test_metrics_that_the_table_does_not_list_are_named(written: tuple[Path, Page]) -> None:
    path, page = written
    assert "More metrics, by layer: spikes_per_neuron_trial" in page.text
    assert f'experiments.read_run("{path.parent.name}").means("spikes_per_neuron_trial"), and the like' in page.text


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.98123, "fraction", "98.12 %"),
        (-0.456, "percentage points", "−0.46 points"),
        (1234.5, "count", "1,234"),
        (0.5, "count", "0.5"),
        (160_000, "byte", "160 kB"),
        (0, "byte", "0 B"),
        (3.14159, "s", "3.14 s"),
        (0.12345, "nat", "0.123 nat"),
        (12_345.6, "1/s", "12,346 per s"),
    ],
)
def test_numbers_as_a_reader_wants_them(value: float, unit: str, shown: str) -> None:
    assert number(value, unit).replace("\N{NO-BREAK SPACE}", " ") == shown


def test_feature_vectors_and_a_single_sigmoid_output(accuracy_run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(accuracy_run.directory, folder)
    manifest = copy.deepcopy(accuracy_run.manifest)
    manifest["task"]["classes"] = ["0", "1"]
    whole = accuracy_run.results[accuracy_run.results["metric"] != "confusion_count"]
    counts = accuracy_run.results[accuracy_run.results["metric"] == "confusion_count"].iloc[:1]
    results = pd.concat([whole, counts.assign(facts=[{"true": "0", "predicted": "1"}])])
    write_contents(
        folder,
        RunContents(accuracy_run.config, manifest, results, accuracy_run.predictions, accuracy_run.summary),
    )
    for example in accuracy_run.examples():
        recording = example.recording
        if recording is not None:
            recording = dataclasses.replace(
                recording,
                counts={**recording.counts, "output": np.array([[3, 1]])},
                spikes={"input": recording.spikes["input"]},
                traces={},
            )
        features = dataclasses.replace(
            example,
            image=np.linspace(-1, 1, 30),
            recording=recording,
            activations={"hidden": np.ones(5), "output": np.array([0.2])} if example.activations else {},
            true_class="0",
            predicted_class="1",
        )
        features.save(folder / "recordings")
    page = written_again(folder)
    assert "Wrongly classified by receptive-field: 0 as 1" in page.text


def test_heading_tells_what_this_network_answered(accuracy_run: Run, tmp_path: Path) -> None:
    """The image was chosen by another network, which was right."""
    folder = tmp_path / "run"
    shutil.copytree(accuracy_run.directory, folder)
    for example in accuracy_run.examples():
        if example.recording is not None and example.case == "correct":
            dataclasses.replace(example, predicted_class="7").save(folder / "recordings")
    page = written_again(folder)
    assert "Wrongly classified by receptive-field: 3 as 7" in page.text
    assert "Correctly classified by receptive-field: 3" not in page.text


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=re.escape(str(tmp_path))):
        report.write(tmp_path)
    assert list(tmp_path.iterdir()) == []
