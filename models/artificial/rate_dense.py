"""The artificial twin of `rate`: the same layers, trained as Keras networks are."""

from __future__ import annotations

import numpy as np

from models.artificial.dense import Dense


class RateDense(Dense):
    """Use `Dense` with the layers of `rate`.

    What differs from `rate` is softmax, cross-entropy, Adam and Glorot's initial weights. Equations and references: see
    `Dense`.

    Parameters
    ----------
    hidden : tuple of int
        Units of each hidden layer; () leaves a linear classifier.
    activation : str
        Activation function of the hidden layers, by its Keras name.
    learning_rate : float
        Of Adam.
    batch_size : int
        Presentations averaged for one step.
    passes : int
        Presentations of each training sample.
    random_state : None, int or RandomState
        Drives initial weights and order of presentations.

    Raises
    ------
    InputError
        For a parameter out of its range.
    """

    name = "rate-dense"

    def __init__(
        self,
        hidden: tuple[int, ...] = (50,),
        activation: str = "sigmoid",
        learning_rate: float = 1e-3,
        batch_size: int = 32,
        passes: int = 10,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        super().__init__(
            hidden=hidden,
            activation=activation,
            learning_rate=learning_rate,
            batch_size=batch_size,
            passes=passes,
            random_state=random_state,
        )
