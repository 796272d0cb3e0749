"""How well do simple models predict the spikes of a real neuron?

An auditory receptor of a grasshopper hears a tone whose amplitude varies at random, up to 200 Hz (stimulus 1) or 800 Hz
(stimulus 2), for 10 s each; it fires 929 and 868 spikes. Each stimulus was given once, and the receptor adapts, so that
its rate falls. Models are therefore fitted to the first, third, ... second and judged on the others. They are told the
level of the sound in dB and its amplitude, each with mean 0 and standard deviation 1.

Models. A leaky integrate-and-fire cell (LIF) whose input is a sum of level and amplitude, delayed. The same cell with a
threshold that rises with each spike and decays. A generalised linear model (GLM), whose variables are level and
amplitude behind 21 filters each, with lags from 2 to 12 ms, and its own spikes behind 8 filters that reach 60 ms. A
Keras network with one hidden layer of 16 tanh units on the same filtered variables. The two cells are simulated by
`bnsim`. Filters are raised cosines.

All have one read-out. The logarithm of the intensity is an affine function of the model's variables (in the network, of
its hidden units), fitted by the Poisson likelihood with a penalty; the variables of a cell are its potential and its
adaptation. The intensity is at most 2 spikes per ms, and 0 in the refractory period, which is the same for all. For a
cell, the slope is one over the noise (escape noise). Gains, reset potential, threshold and increment follow from the
same fit, since the potential between two spikes is linear in them; membrane and adaptation time constants and the delay
are those of a grid with the largest likelihood of the training seconds, adaptation being tried with the five best pairs
of delay and membrane time constant. Filters, penalties, hidden units and passes are fixed: the penalty of the GLM is
the best of three, penalty and passes of the network are the best of eight pairs, each training second being left out in
turn.

Bits per spike say by how much the intensity explains held-out spikes better than a constant rate, that of the training
seconds: with the recorded spikes up to each step as the model's history, and by a read-out that is fitted to the
stimulus alone. Sampled spikes are the model's own: each train has only its own spikes as its history. The coincidence
factor counts how many recorded spikes have a sampled one within 2 ms, beyond chance. It asks for the likeliest train
more than for a likely one. It is measured as fitted, and with a sharper read-out, the logarithm of whose intensity is
shifted and multiplied by 3, 8, 25 or 80: with each of them the shift gives the recorded rate in the training seconds,
and the one is chosen that gives the largest coincidence factor there. With free rates it would choose trains of high
rates. As a control, trains are compared with other times of the same second.

Held-out seconds are joined before spikes are compared. Seeds drive sampled spikes and the network's initial weights;
the rest is the same for all, so that the bits of cells and GLM have no interval. Front end, filters and time step are
one of some thirty settings, and the grids and factors the third of three, that were compared before with the held-out
seconds in view: their figures may be somewhat too good.

A recording of one's own (`receptor.recording`) is treated the same way, from the first sample of its stimulus on, for
whole seconds, at least 6. Its stimulus is one signal, with mean 0 and standard deviation 1, in place of level and
amplitude; it is stimulus 0 of the results. Delays, time constants, lags and the refractory period are the grasshopper's
unless others are given, and no yardstick speaks of it.

References
----------
Recordings: nitime (Rokem, Trumpis & Perez 2009), the extra `neurons`. W. M. Kistler, W. Gerstner and J. L. van Hemmen,
Neural Computation 9, 1015-1045 (1997), and R. Jolivet et al., Journal of Neuroscience Methods 169, 417-424 (2008):
coincidence factor. W. Gerstner et al., Neuronal Dynamics (2014), chapters 9 to 11: escape noise and its likelihood.
J. W. Pillow et al., Nature 454, 995-999 (2008): generalised linear model.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    ValidationInfo,
    field_validator,
)

from bnsim.errors import InputError
from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick

LIMIT = 2.0
"""Largest intensity, in spikes per ms."""
STEPS = (0.1, 0.2, 0.5)
"""Time steps that may be chosen, in ms: a second is a whole number of them."""
WINDOW = (5000.0, 5300.0)
"""What is shown: a part of a held-out second, in ms."""
SHOWN = 6
"""Sampled trains that are shown, of each read-out."""
RECORDED = -1
"""Number of the recorded train among those that are shown."""
OWN = 0
"""Number that stands for the stimulus of one's own recording, of which no yardstick speaks."""
RESOLUTION = 0.1
"""Resolution of the spikes that are shown, in ms."""
TAU_M = (0.2, 0.3, 0.5, 0.7, 1.0, 1.4, 2.0)
TAU_THETA = (1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 50.0)
"""Membrane and adaptation time constants in ms among which the likelihood of training decides."""
LAGS = (2.0, 12.0)
"""First and last lag of the stimulus on which filters have their bumps, in ms."""
AS_FITTED, SHARPENED = "as fitted", "sharpened"
"""The two read-outs."""


def _known_step(step: float) -> float:
    if step not in STEPS:
        raise ValueError(f"give one of {', '.join(map(str, STEPS))}")
    return step


def _as_text(name: object) -> object:
    return str(name) if isinstance(name, int) and not isinstance(name, bool) else name


_Name = Annotated[str, BeforeValidator(_as_text)]
"""A name, which may be a number."""


def _absolute(path: str) -> str:
    return str(Path(path).expanduser().absolute())


def _two_lags(lags: tuple[float, ...]) -> tuple[float, ...]:
    if len(lags) != 2 or not lags[0] < lags[1] <= 1000:
        raise ValueError("give the first lag and a longer last one, of 1000 ms at most")
    return lags


@cache
def _checksum(path: str, size: int, changed: int) -> str:
    """SHA-256 of a file, read again when its size or its time has changed: all jobs of a sweep ask for it."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    stimuli
        Which recordings of the grasshopper, unless `recording` is given: 1, with amplitudes up to 200 Hz, 2, with
        amplitudes up to 800 Hz.
    recording
        A recording of one's own instead: an NWB file, or another file that Neo reads.
    signal
        Name of its stimulus: a signal at a regular rate, with the number of the column in brackets where it has
        several, as in `current[0]`. None: there is one.
    unit
        Name of its neuron, or its number (in NWB its id). None: there is one.
    step
        Time step, in ms: 0.1, 0.2 or 0.5, since spikes were recorded in steps of 0.1 ms.
    delays
        Delays of the stimulus that are tried with the cells, in ms; each is rounded to a step.
    membrane
        Membrane time constants that are tried with the cells, in ms.
    adaptation
        Adaptation time constants that are tried with the adaptive cell, in ms.
    lags
        Lags of the first and of the last of the filters behind which GLM and network have the stimulus, in ms.
    refractory
        Absolute refractory period, in ms: a whole number of steps.
    precision
        Precision of the coincidence factor, in ms.
    """

    stimuli: tuple[Literal[1, 2], ...] = Field(min_length=1)
    recording: Annotated[str, AfterValidator(_absolute)] | None = None
    signal: _Name | None = None
    unit: _Name | None = None
    step: Annotated[float, AfterValidator(_known_step)]
    delays: tuple[Annotated[NonNegativeFloat, Field(le=100)], ...] = Field(min_length=1)
    membrane: Annotated[tuple[PositiveFloat, ...], Field(min_length=1, max_length=40)] = TAU_M
    adaptation: Annotated[tuple[PositiveFloat, ...], Field(min_length=1, max_length=100)] = TAU_THETA
    lags: Annotated[tuple[NonNegativeFloat, ...], AfterValidator(_two_lags)] = LAGS
    refractory: PositiveFloat
    precision: PositiveFloat = Field(le=100)

    @field_validator("signal", "unit")
    @classmethod
    def _of_a_recording(cls, name: str | None, info: ValidationInfo) -> str | None:
        if name is not None and info.data.get("recording") is None:
            raise ValueError("it is part of a recording of one's own; give receptor.recording, too")
        return name

    @property
    def data_checksum(self) -> str:
        """Checksum of the recording of one's own; "" without one."""
        if self.recording is None:
            return ""
        try:
            found = Path(self.recording).stat()
            return _checksum(self.recording, found.st_size, found.st_mtime_ns)
        except OSError as error:
            raise InputError(
                f"receptor.recording: cannot read {self.recording} ({error.strerror}); give the path of a recording"
            ) from None


_STIMULUS = {"stimulus": int}
_OF_READ_OUT = {**_STIMULUS, "read_out": str}
_DELAYS = (5.6, 5.8, 6.0, 6.2, 6.4, 6.6, 6.8, 7.0, 7.2, 7.4)
_STEP = 0.2
"""Time step of the other program, in ms; a shorter one tells spikes apart more finely, and yields more bits."""
_PROGRAM = "another program, measured for this project"

CLASSIC = Classic(
    __name__,
    __doc__,
    title="Models of a real neuron",
    order=148,
    source="Kistler, Gerstner & van Hemmen 1997",
    subjects={"lif": "BNS", "adaptive-lif": "BNS", "glm": "BNS", "network": "ANN"},
    metrics=(
        Metric(
            "bits_per_spike",
            "bit",
            "Bits per spike",
            "Log-likelihood of the held-out spikes less that of the training seconds' rate, divided by their number; "
            'with the recorded spikes before each step ("own") or with the stimulus alone ("none"); with a time step '
            "in ms.",
            better="more",
            facts={**_STIMULUS, "history": str, "dt": float},
        ),
        Metric(
            "coincidence",
            "",
            "Coincidence factor",
            "Mean coincidence factor of sampled trains with the held-out spikes, by the read-out as it was fitted, or "
            "sharpened, with a time step in ms.",
            better="more",
            facts={**_OF_READ_OUT, "dt": float},
            bounds=(None, 1.0),
        ),
        Metric(
            "by_chance",
            "",
            "Coincidence factor by chance",
            "That of sharpened trains with the held-out spikes of other times: mean of shifts by 200 to 800 ms within "
            "each second.",
            facts=_STIMULUS,
            bounds=(None, 1.0),
        ),
        Metric(
            "rate",
            "Hz",
            "Rate of sampled spikes",
            "Mean rate of sampled trains in the held-out seconds.",
            facts=_OF_READ_OUT,
        ),
        Metric("recorded_rate", "Hz", "Rate of recorded spikes", "Rate in the held-out seconds.", facts=_STIMULUS),
        Metric(
            "sharpness",
            "",
            "Sharpness",
            "Factor of the logarithm of the intensity in the sharpened read-out.",
            facts=_STIMULUS,
            summarised=False,
        ),
        Metric(
            "time",
            "ms",
            "Times of a cell",
            "Delay, and time constants of membrane and adaptation, that were chosen.",
            facts={**_STIMULUS, "of": str},
        ),
        Metric(
            "level",
            "dB",
            "Level of the sound",
            "Relative to its mean, from 5 s on, of the first seed.",
            facts=_STIMULUS,
            step="Time (time steps)",
            summarised=False,
        ),
        Metric(
            "own_stimulus",
            "",
            "Stimulus of one's own recording",
            "With mean 0 and standard deviation 1, from 5 s on, of the first seed.",
            facts=_STIMULUS,
            step="Time (time steps)",
            summarised=False,
        ),
        Metric(
            "spike",
            "count",
            "Spikes of some trains",
            "Spikes from 5 s on, in steps of 0.1 ms: the recorded train (-1), six by the read-out as it was fitted (0 "
            "to 5) and six by the sharpened one (6 to 11), of the first seed.",
            facts={**_STIMULUS, "train": int},
            step="Time (0.1 ms)",
            summarised=False,
        ),
    ),
    presets={
        "quick": Config(stimuli=(1, 2), step=_STEP, delays=_DELAYS, refractory=2.4, precision=2.0),
        "full": Config(stimuli=(1, 2), step=0.1, delays=_DELAYS, refractory=2.4, precision=2.0),
        "tiny": Config(stimuli=(1,), step=0.5, delays=(6.0,), refractory=2.5, precision=2.0),
    },
    yardsticks=(
        *(
            Yardstick(
                f"coincidences with another time, stimulus {stimulus}",
                "by_chance",
                0.0,
                0.08,
                "with one shift 440 spikes in 5 s have a standard deviation of 0.04; models and shifts are few",
                "chance",
                "theory",
                {"stimulus": stimulus},
            )
            for stimulus in (1, 2)
        ),
        *(
            Yardstick(
                f"bits per spike of a GLM, stimulus {stimulus}",
                "bits_per_spike",
                bits,
                0.4,
                "another front end and penalty: told of the level alone, such a GLM has 0.2 bits less",
                _PROGRAM,
                "confirmed",
                {"stimulus": stimulus, "history": "own", "dt": _STEP},
                model="glm",
            )
            for stimulus, bits in ((1, 2.25), (2, 1.58))
        ),
        *(
            Yardstick(
                f"coincidence factor of an adaptive LIF, stimulus {stimulus}",
                "coincidence",
                factor,
                0.08,
                "another front end and search; trains of one cell differ by 0.03",
                _PROGRAM,
                "confirmed",
                {"stimulus": stimulus, "read_out": SHARPENED, "dt": _STEP},
                model="adaptive-lif",
            )
            for stimulus, factor in ((1, 0.735), (2, 0.486))
        ),
    ),
)
