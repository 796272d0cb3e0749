"""A group of units of one kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from brian2.units import mV, nA
from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.cells import check_number
from bnsim.description import Description
from bnsim.drives import Drive, Encoder
from bnsim.errors import InputError
from bnsim.network.kinds import demand
from bnsim.neurons import NeuronModel
from bnsim.positions import FreePositions, Positions


@dataclass(frozen=True, repr=False)
class Population(Description):
    """A group of units of one kind.

    Parameters
    ----------
    name : str
        Name by which the network refers to it.
    size : int
        Number of units.
    model : NeuronModel or Encoder
        A neuron model, or an encoder that emits spikes itself.
    encoder : Encoder, optional
        For neurons that are stimulated directly, an encoder that gives a current.
    drive : Drive or sequence of Drive, optional
        What acts on the neurons from outside besides: noise, currents, Poisson spikes. Several drives add up.
    initial : mapping of str to Quantity, Distribution or array
        Values of variables at the start, by name, such as {"v": Uniform(0*mV, 20*mV)}: one for all cells, one for each,
        or a distribution from which they are drawn. In trials, each trial starts with them. Default: the model's.
    positions : Positions or Quantity, optional
        Where the units lie: `Grid`, `Ring`, `RandomPositions`, or an array (unit, dimension). See `State.positions`.

    Raises
    ------
    InputError
        If the name cannot stand in equations, model and encoder do not fit together, or there is not one position for
        each unit.
    """

    name: str
    size: int
    model: NeuronModel | Encoder
    encoder: Encoder | None = None
    drive: Drive | Sequence[Drive] = ()
    initial: Mapping[str, Any] = field(default_factory=dict)
    positions: Positions | Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.name("Population.name", self.name)
        culprit = f"Population({self.name!r})"
        checks.count(f"{culprit}.size", self.size)
        if isinstance(self.model, Encoder):
            if not self.model.spikes:
                raise InputError(
                    f"{culprit}.model: {type(self.model).__name__} emits no spikes; "
                    f"give a neuron model and encoder={self.model!r}"
                )
            if self.encoder is not None:
                raise InputError(f"{culprit}.encoder: the model is an encoder already; leave encoder out")
        else:
            otherwise = "is neither a neuron model nor an encoder; give one of them"
            demand(f"{culprit}.model", self.model, NeuronModel, otherwise)
            if self.encoder is not None:
                self._check_current(culprit, self.encoder, self.model)
        given: Any = self.drive
        if not isinstance(self.initial, Mapping):
            shown = checks.shown(self.initial)
            raise InputError(f'{culprit}.initial: {shown} is no dictionary; give {{"v": value}}, by variable')
        self._check_cells(culprit)
        several = isinstance(given, Iterable) and not isinstance(given, (str, Quantity))
        object.__setattr__(self, "drive", tuple(given) if several else (given,))
        if self.initial and not isinstance(self.model, NeuronModel):
            raise InputError(f"{culprit}.initial: the model is an encoder, which has no such variables; leave it out")
        for drive in self.drives:
            remedy = "a Current of it" if isinstance(drive, (str, Quantity)) else "one, such as bnsim.WhiteNoise()"
            demand(f"{culprit}.drive", drive, Drive, f"is no Drive; give {remedy}")
            if not isinstance(self.model, NeuronModel):
                raise InputError(f"{culprit}.drive: the model is an encoder, which nothing drives; leave drive out")
            drive.check(f"{culprit}.drive: {type(drive).__name__}", self.model, self.size)
        if self.positions is not None:
            self._check_positions(culprit)

    def _check_cells(self, culprit: str) -> None:
        """Refuse arrays that do not have one value for each cell."""
        if isinstance(self.model, NeuronModel):
            for given in self.model.of_cells.values():
                check_number(f"{culprit}.model: {given.culprit}", given.values, self.size)
        for symbol, values in self.initial.items():
            check_number(f"{culprit}.initial[{symbol!r}]", values, self.size)

    def _check_positions(self, culprit: str) -> None:
        if isinstance(self.positions, (type, Description)):
            demand(
                f"{culprit}.positions", self.positions, Positions, "is no layout; give one, such as bnsim.Ring(radius)"
            )
        else:
            object.__setattr__(self, "positions", FreePositions(self.positions))
        if self.positions.number not in (None, self.size):
            raise InputError(
                f"{culprit}.positions: {self.positions.number} positions for {self.size} units; give one for each"
            )

    @property
    def drives(self) -> tuple[Drive, ...]:
        """All drives."""
        assert isinstance(self.drive, tuple)
        return self.drive

    def _check_current(self, culprit: str, encoder: Any, model: NeuronModel) -> None:
        otherwise = "is no Encoder; give one, such as bnsim.ConstantCurrent()"
        demand(f"{culprit}.encoder", encoder, Encoder, otherwise)
        if encoder.spikes:
            raise InputError(
                f"{culprit}.encoder: {encoder!r} gives no current; make it a population of its own and project from it"
            )
        for name, value in encoder.parameters.items():
            example = 1 * mV if model.input_unit == "volt" else 1 * nA
            checks.quantity(
                f"{culprit}.encoder: {type(encoder).__name__}.{name}",
                value,
                example,
                minimum=None,
                exclusive=False,
            )

    @property
    def fires(self) -> bool:
        """Whether units of this population can emit spikes: a model without a threshold never does."""
        return isinstance(self.model, Encoder) or bool(self.model.threshold)

    def check_fires(self, culprit: str) -> None:
        """Refuse a population whose spikes are needed though it never emits any.

        Parameters
        ----------
        culprit : str
            What it was given as, for the message of an error.

        Raises
        ------
        InputError
            If its model has no threshold.
        """
        if not self.fires:
            raise InputError(
                f"{culprit}: {self.name!r} never fires, for {type(self.model).__name__} has no threshold; "
                "give another population"
            )

    @property
    def stimulus_encoder(self) -> Encoder | None:
        """The encoder that takes this population's stimulus, None where there is none."""
        return self.model if isinstance(self.model, Encoder) else self.encoder
