"""The artificial twin of `rate`: the same layers, trained as Keras networks are."""

from __future__ import annotations

import numpy as np

from models.artificial.dense import Dense


class RateDense(Dense):
    """`Dense` with the layers of `rate`; what differs is softmax, cross-entropy, Adam and Glorot's initial weights.

    Parameters, equations, errors: see `Dense`.
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
