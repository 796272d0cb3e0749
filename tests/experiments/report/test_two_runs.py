"""`bnsim diff --page`: two runs side by side on one page, on which whatever a run says is text."""

from __future__ import annotations

import base64
import html
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bnsim.errors import InputError
from experiments.collection import difference
from experiments.report import two_runs
from experiments.run_directory import Run, read_run
from tests.browser import Browser
from tests.experiments.collection.made import made, mean, row
from tests.experiments.report.hostile import NAME, TEXT, hostile
from tests.experiments.report.test_hostile_run import ELEMENTS, OBEYED, Page
from tests.experiments.report.test_page_in_browser import CHECKS
from tests.experiments.test_command_line import bnsim, refused
from tests.experiments.test_run_directory import write_run

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30"><rect width="60" height="{}"/></svg>'


def write(first: Run, second: Run, folder: Path, most: int = 20) -> str:
    differences = difference.circumstances(first, second), difference.numbers(first.results, second.results)
    return two_runs.write_page(first, second, differences, most, folder).read_text(encoding="utf-8")


def text_of(page: str) -> str:
    body = html.unescape(re.sub("<[^>]+>", " ", page.partition("</head>")[2]))
    return " ".join(body.replace("\N{NO-BREAK SPACE}", " ").split())


def pair(folder: Path, **second: Any) -> tuple[Path, Path]:
    rows = [row("test_accuracy", 0.5), row("recall", 0.9, **{"class": "3"})]
    changed = [row("test_accuracy", 0.75), row("recall", 0.9, **{"class": "3"}), row("new", 1.0)]
    first = made(folder, "first", rows, means=[mean("test_accuracy", 0.5), mean("gone", 0.5)])
    means = [mean("test_accuracy", 0.75), mean("new", 0.25, "convolutional")]
    return first, made(folder, "second", changed, passes=4, means=means, **second)


def draw(run: Path, **figures: str) -> None:
    (run / "figures").mkdir(exist_ok=True)
    for name, content in figures.items():
        (run / "figures" / f"{name}.svg").write_text(content)


def test_settings_numbers_and_means_stand_side_by_side(tmp_path: Path) -> None:
    first, second = pair(tmp_path, versions={"python": "3.12.1", "numpy": "2.3.5"})
    text = text_of(write(read_run(first), read_run(second), tmp_path))
    for told in (
        "1 of the 2 numbers that both runs hold differ; the largest difference in relation to the larger value is that "
        "of accuracy, dense, seed 0: test_accuracy (fraction), 0.5 and 0.75.",
        "1 number is in the second run only, such as accuracy, dense, seed 0: new.",
        "The runs differ in their settings and versions.",
        "Run first second",
        "models.dense.passes 3 4",
        "python 3.11.7 3.12.1",
        "dense, accuracy 50.00 % 49.00 to 51.00 % 75.00 % 74.00 to 76.00 % +25.00 points",
        "dense, accuracy 50.00 % 49.00 to 51.00 % – –",  # only in the first run
        "convolutional, accuracy – 25.00 % 24.00 to 26.00 % –",
        "accuracy, dense, seed 0: test_accuracy (fraction) 0.5 0.75 +0.25 0.33",
    ):
        assert told in text
    assert "numpy" not in text


@pytest.mark.parametrize(("many", "folded"), [(12, False), (13, True)])
def test_a_long_list_of_what_differs_is_folded(many: int, folded: bool, tmp_path: Path) -> None:
    first, second = (
        made(tmp_path, name, [row("test_accuracy", 0.5)], versions={f"p{k}": name for k in range(many)})
        for name in ("first", "second")
    )
    page = write(read_run(first), read_run(second), tmp_path)
    assert (f"<summary>{many} that differ</summary>" in page) == folded
    assert page.count("<details>") == page.count("</details>") == folded


def test_equal_runs_and_runs_with_nothing_in_common_say_so(tmp_path: Path) -> None:
    first, _ = pair(tmp_path)
    other = made(tmp_path, "other", [row("another", 1.0)])
    same = text_of(write(read_run(first), read_run(first), tmp_path))
    assert "All 2 numbers that both runs hold are equal to the last bit." in same
    assert "Settings, versions, code, data and machine agree." in same
    assert "Single numbers" not in same
    assert "equal" in same.partition("Second − first")[2]
    assert "The runs have no number in common." in text_of(write(read_run(first), read_run(other), tmp_path))


def test_the_largest_difference_is_named_wherever_it_stands(tmp_path: Path) -> None:
    first = made(tmp_path, "first", [row("test_accuracy", 0.5), row("recall", 0.5, **{"class": "3"})])
    second = made(tmp_path, "second", [row("test_accuracy", 0.51), row("recall", 1.0, **{"class": "3"})])
    text = text_of(write(read_run(first), read_run(second), tmp_path))
    assert "that of accuracy, dense, seed 0: recall, class 3 (fraction), 0.5 and 1. " in text
    assert "first whole metrics, then those of a class, a layer and the like, then places of curves" in text
    listed = text.partition("Single numbers Numbers")[2]
    assert listed.index("test_accuracy") < listed.index("recall")


def test_as_many_numbers_as_asked_for(tmp_path: Path) -> None:
    first = made(tmp_path, "first", [row("curve", 0.5, step=step) for step in range(30)])
    second = made(tmp_path, "second", [row("curve", 0.25, step=step) for step in range(30)])
    text = text_of(write(read_run(first), read_run(second), tmp_path, most=4))
    assert text.count("curve, step") == 4 + 1  # one is named in short
    assert "26 more differ." in text


def test_verdicts_of_both_runs(stored_run: Run, tmp_path: Path) -> None:
    differences = [dict(entry) for entry in stored_run.summary["differences"] if entry["primary"]]
    changed = [{**entry, "difference": 5.0, "ci_low": 4.0, "ci_high": 6.0, "verdict": "v"} for entry in differences[:1]]
    other = replace(stored_run, summary={**stored_run.summary, "differences": changed})
    text = text_of(write(stored_run, other, tmp_path))
    assert re.search(
        r"Test accuracy receptive-field − receptive-dense \S+ points \S+ to \S+ points \+5.00 points \+4.00 to \+6.00 "
        r"points (not told apart|receptive-\w+ better \(higher\) in these 5 seeds) v ",
        text,
    )
    assert re.search(
        r"learning curve receptive-field − receptive-dense \S+ points \S+ to \S+ points – .{10,60} – ", text
    )


def test_figures_of_the_same_name_stand_side_by_side(tmp_path: Path) -> None:
    first, second = pair(tmp_path)
    draw(first, accuracy=PICTURE.format(10), same=PICTURE.format(20), gone=PICTURE.format(30))
    draw(second, accuracy=PICTURE.format(11), same=PICTURE.format(20))
    (second / "figures" / "accuracy.png").write_bytes(b"small")  # the smaller one is taken
    (second / "figures" / "same.txt").write_text("no figure")
    (tmp_path / "secret").write_text("secret")
    (second / "figures" / "link.svg").symlink_to(tmp_path / "secret")
    page = write(read_run(first), read_run(second), tmp_path)
    images = [attributes for tag, attributes in Page(page).elements if tag == "img"]
    shown = [base64.b64decode((image["src"] or "").partition(",")[2]).decode() for image in images]
    assert shown == [PICTURE.format(10), "small", PICTURE.format(30), PICTURE.format(20)]
    assert [(image["src"] or "").partition(";")[0] for image in images[:2]] == ["data:image/svg+xml", "data:image/png"]
    text = text_of(page)
    assert "gone First run only. same The same in both runs." in text
    assert text.count("First run only.") == 1


def test_a_figure_beyond_all_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_runs, "MOST_PICTURE", 50)
    first, second = pair(tmp_path)
    draw(first, accuracy=PICTURE.format(10))
    with pytest.raises(
        InputError,
        match=r"first/figures/accuracy.svg: 0 MB, too large for a page; draw it anew with `bnsim draw .*first`",
    ):
        write(read_run(first), read_run(second), tmp_path)
    assert not list(tmp_path.glob("*.html"))


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    pair(tmp_path)
    done = bnsim("diff", "first", "second", "--page", cwd=tmp_path)
    assert done.returncode == 3
    assert done.stdout.endswith("\npage: diff-first-second.html\n")
    assert "models.dense.passes" in done.stdout
    assert (tmp_path / "diff-first-second.html").is_file()
    done = bnsim("diff", "first", "first", "--page", "--out", "pages", "--json", cwd=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout)["page"] == "pages/diff-first-first.html"
    assert (tmp_path / "pages" / "diff-first-first.html").is_file()
    assert "page" not in json.loads(bnsim("diff", "first", "first", "--json", cwd=tmp_path).stdout)


def test_what_the_command_refuses(tmp_path: Path) -> None:
    pair(tmp_path)
    refused(
        2,
        "--out pages: is the folder of the page; add --page",
        "diff",
        "first",
        "second",
        "--out",
        "pages",
        cwd=tmp_path,
    )
    missing = "--out no/such: no does not exist; make it or choose another output folder"
    refused(
        2,
        missing.replace(": no", f": {tmp_path / 'no'}"),
        "diff",
        "first",
        "second",
        "--page",
        "--out",
        "no/such",
        cwd=tmp_path,
    )
    refused(
        2,
        "nothing: no such run; `bnsim runs .` lists those that there are",
        "diff",
        "first",
        "nothing",
        "--page",
        cwd=tmp_path,
    )
    assert not list(tmp_path.glob("**/*.html"))


@pytest.fixture(scope="module")
def strangers(accuracy_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a hostile run beside another, with figures whose names and contents are hostile too."""
    folder = tmp_path_factory.mktemp("strangers")
    first = write_run(folder, NAME, hostile(accuracy_run))
    script = PICTURE.format(10).replace("</svg>", '<script>hacked=1</script><image href="http://127.0.0.1:9/x"/></svg>')
    draw(first, **{NAME: script, "accuracy": script})
    runs = read_run(first), accuracy_run
    differences = difference.circumstances(*runs), difference.numbers(*(run.results for run in runs))
    return two_runs.write_page(*runs, differences, 50, folder)


def test_nothing_of_a_run_becomes_an_element(strangers: Path) -> None:
    written = strangers.read_text(encoding="utf-8")
    page = Page(written)
    assert {tag for tag, _ in page.elements} <= set(ELEMENTS.split()) - {"script"}
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    addresses = [each[name] or "" for _, each in page.elements for name in ("src", "href") if name in each]
    assert all(address.startswith(("data:image/", "#")) for address in addresses)
    assert page.text.count("<img src=x onerror=hacked=1>") > 30
    assert TEXT.replace("\x1b", r"\x1b").replace("\u202e", r"\u202e") in page.text
    assert not OBEYED.search(written)
    policy = next(each["content"] or "" for _, each in page.elements if "http-equiv" in each)
    assert policy == (
        "default-src 'none'; script-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_in_a_browser(strangers: Path, browser: Browser, width: int) -> None:
    browser.open(strangers, width=width)
    browser.evaluate(CHECKS)
    for check in ("images", "headings", "controls", "links", "tables", "contrast"):
        assert browser.evaluate(f"checks.{check}()") == [], check
    assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    assert browser.evaluate("typeof hacked") == "undefined"
    assert browser.problems == []
