"""What notebooks show of networks, simulators, states and recordings: right numbers, and text that stays text."""

from __future__ import annotations

import re
from html import unescape
from xml.etree import ElementTree

import numpy as np
import pytest
from brian2.units import Hz, mm, ms, mV

import bnsim
from bnsim import notebook


def tables(html: str) -> list[list[list[str]]]:
    """The text of all cells, table by table and row by row; it must be well-formed."""
    tree = ElementTree.fromstring(f"<div>{html}</div>")
    found = tree.iter("table")
    return [[["".join(cell.itertext()) for cell in row] for row in table.iter("tr")] for table in found]


def network() -> bnsim.Network:
    drive = [bnsim.PoissonDrive(100 * Hz, 1 * mV), bnsim.WhiteNoise(1 * mV)]
    return bnsim.Network(
        [
            bnsim.Population("E", 1200, bnsim.LIF(tau_m=15 * ms), drive=drive, positions=bnsim.Ring(1 * mm)),
            bnsim.Population("I", 2, bnsim.LIF(), bnsim.ConstantCurrent(20 * mV)),
        ],
        [
            bnsim.Projection("E", "I", bnsim.Delta(), 1 * mV, bnsim.FixedProbability(0.1), delay=2 * ms),
            bnsim.Projection("I", "I", bnsim.Delta(), np.zeros((2, 2)) * mV, plasticity=bnsim.PairSTDP(w_max=1 * mV)),
        ],
    )


def test_a_network() -> None:
    html = network()._repr_html_()
    assert tables(html) == [
        [
            ["population", "units", "model", "encoder", "drives", "positions"],
            ["E", "1,200", "LIF", "", "PoissonDrive, WhiteNoise", "Ring"],
            ["I", "2", "LIF", "ConstantCurrent", "", ""],
        ],
        [
            ["projection", "from", "to", "synapse", "weights", "connectivity", "delay", "plasticity"],
            ["E_to_I", "E", "I", "Delta", "1 mV", "FixedProbability", "2 ms", ""],
            ["I_to_I", "I", "I", "Delta", "<array (2, 2)>", "AllToAll", "", "PairSTDP"],
        ],
    ]
    assert "<strong>Network of 1,202 units</strong>" in html
    assert "&lt;array (2, 2)&gt;" in html
    titles = re.findall('title="(LIF[^"]*)"', html)  # all parameters, where a pointer is over it
    assert unescape(titles[0]) == repr(network()["E"].model)


def test_a_simulator_and_a_state() -> None:
    simulator = network().compile(trial=10 * ms, dt=0.5 * ms, backend="numpy")
    html = simulator._repr_html_()
    assert "Simulator(numpy, steps of 0.5 ms, trials of 10 ms)" in html
    assert html.endswith(network()._repr_html_())
    state = bnsim.State({"E.v": np.zeros(3), "w": np.zeros((2, 4), np.int32), "clock": np.array([12000])})
    assert "<strong>State, clock 12,000</strong>" in state._repr_html_()
    assert tables(state._repr_html_()) == [
        [["array", "shape", "type"], ["E.v", "3", "float64"], ["w", "2 x 4", "int32"]]
    ]


def recording(n_spikes: int, name: str = "E") -> bnsim.Recording:
    """Spikes of units 0 and 1 in turn, 1 ms apart, from 1 s on; the population "quiet" was only counted."""
    index = np.arange(n_spikes)
    trace = bnsim.SampledTrace(np.zeros((1, 2, 1)), np.zeros(2), "V", np.zeros(1, int))
    return bnsim.Recording(
        2.0,
        1e-3,
        np.zeros(1, np.uint64),
        {name: np.array([[(n_spikes + 1) // 2, n_spikes // 2]]), "quiet": np.array([[4]])},
        {name: bnsim.SpikeTimes(np.zeros(n_spikes, int), index % 2, 1 + index * 1e-3)} if n_spikes else {},
        {name: {"v": trace, "u": trace}},
        weights={"E_to_E": trace},
        start=1.0,
    )


def test_a_recording() -> None:
    html = recording(8)._repr_html_()
    assert "<strong>Recording of 2 s from 1 s, steps of 1 ms</strong>" in html
    assert tables(html) == [
        [
            ["population", "units", "spikes", "rate (Hz)", "spike times", "traces"],
            ["E", "2", "8", "2", "8", "v, u"],  # 8 spikes of 2 units in 2 s
            ["quiet", "1", "4", "2", "", ""],
        ],
        [["projection", "samples of weights"], ["E_to_E", "2"]],
    ]
    # Unit 0 in the lower half of the picture, unit 1 in the upper; 1000 to 3000 ms across.
    (path,) = re.findall(r'<path d="([^"]*)"', html)
    marks = [tuple(map(float, mark)) for mark in re.findall(r"M([\d.]+) ([\d.]+)v([\d.]+)", path)]
    assert [mark[1:] for mark in marks[:2]] == [(80.0, 80.0), (0.0, 80.0)]
    pixels = (notebook.WIDTH - notebook.LEFT) * 1e-3 / 2.0
    np.testing.assert_allclose([mark[0] for mark in marks], notebook.LEFT + pixels * np.arange(8), atol=0.06)
    assert re.findall(r">(\d+ ms)<", html) == ["1000 ms", "3000 ms"]


def test_rasters_are_small() -> None:
    """Silent recordings and long ones have none, and the window of a long one has one again."""
    assert "<svg" not in recording(0)._repr_html_()
    assert len(recording(1999)._repr_html_()) < 50_000
    many = recording(2000).arrays()
    assert "<svg" in recording(2000)._repr_html_()
    index = np.arange(2001)
    spikes = bnsim.SpikeTimes(np.zeros(2001, int), index % 2, many["start"] + index * 1e-4)
    long = bnsim.Recording(2.0, 1e-4, np.zeros(1, np.uint64), {"E": np.array([[1001, 1000]])}, {"E": spikes}, start=1.0)
    assert "<svg" not in long._repr_html_()
    assert "<svg" in long.window(1.0, 1.1)._repr_html_()


def test_control_characters_are_shown_as_escapes() -> None:
    html = notebook.heading("\x1b") + notebook.table(["\u202e"], [("\x00",)])
    assert [shown in html for shown in (r"\x1b", r"\u202e", r"\x00")] == [True, True, True]
    assert html.isprintable()
    assert repr(bnsim.State({"a\x1b": np.zeros(2)})) == r"<State: a\x1b (2,)>"


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><b>', "a & b"])
def test_text_stays_text(name: str) -> None:
    html = recording(2, name)._repr_html_()
    assert name not in html
    assert tables(html)[0][1][0] == name
    texts = [element.text for element in ElementTree.fromstring(f"<div>{html}</div>").iter("text")]
    assert texts[0] == name
    titled = notebook.table(["x"], [(notebook.Cell(name, name),)])
    assert ElementTree.fromstring(titled).find("tbody/tr/td").attrib["title"] == name  # type: ignore[union-attr]
