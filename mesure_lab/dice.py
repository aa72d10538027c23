"""Chance from one seed, the same on every machine and Python.

Only `random.Random.random` is used: its sequence is documented never to change, and unlike
the distributions of the standard library and of numpy it calls no `log` or `cos` of the
machine's own. The distributions here are built from it with + - * / and square roots, which
IEEE 754 rounds alike everywhere.
"""

import math
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

SMALLEST_SHARE = 2.0**-53  # The step of `random.Random.random`; keeps a draw off zero.


class Dice:
    """A stream of chance with a name.

    Streams with different names do not disturb each other: one more draw for the sky leaves the
    person's day as it was.

    >>> Dice(7, "sky").share() == Dice(7, "sky").share()
    True
    """

    __slots__ = ("_random", "_seed")

    def __init__(self, seed: int, name: str) -> None:
        self._seed = seed
        self._random = random.Random(f"{seed}/{name}")  # noqa: S311  # A simulation, no secret.

    def share(self) -> float:
        """Draw from [0, 1), every value as likely."""
        return self._random.random()

    def happens(self, p_event: float) -> bool:
        """Say yes with the chance `p_event`."""
        return self.share() < p_event

    def between(self, low: float, high: float) -> float:
        """Draw from [low, high), every value as likely."""
        return low + (high - low) * self.share()

    def pick(self, values: Sequence[T]) -> T:
        """Draw one of `values`, each as likely."""
        return values[int(self.share() * len(values))]

    def normal(self) -> float:
        """Draw a bell curve of mean 0 and variance 1: twelve uniform draws less six.

        It has no tail beyond six, which does no harm: the tails of real errors are power
        laws, and come from `pareto`.
        """
        total = -6.0
        for _ in range(12):
            total += self.share()
        return total

    def pareto(self, eighths: int) -> float:
        """Draw a ratio of 1 or more with a power-law tail of index 8 / `eighths`.

        The exponent is a number of eighths because those need only square roots.
        """
        return 1.0 / power_of_eighths(1.0 - self.share(), eighths)

    def around_one(self, eighths: int) -> float:
        """Draw a ratio with median 1 whose logarithm is logistic, as spread as `eighths` says.

        Ninety-five in a hundred lie below 19 ** (eighths / 8): 4.4 for four, 2.1 for two.
        """
        share = self.share()
        return power_of_eighths((share + SMALLEST_SHARE) / (1.0 - share), eighths)


def power_of_eighths(base: float, eighths: int) -> float:
    """Return base ** (eighths / 8) by multiplications and square roots.

    >>> power_of_eighths(256.0, 8), power_of_eighths(256.0, 3)
    (256.0, 8.0)
    """
    eighth_root = math.sqrt(math.sqrt(math.sqrt(base)))
    power = 1.0
    for _ in range(eighths):
        power *= eighth_root
    return power


def decay_factor(time_constant_s: float, elapsed_s: int) -> float:
    """Return what is left of a quantity that loses 1/time_constant of itself each second.

    The step of one second stands for exp(-elapsed / time constant), which it equals to within
    1 / (2 time constant); whole seconds need only multiplications.

    >>> decay_factor(2.0, 3)
    0.125
    """
    left, factor, seconds = 1.0, 1.0 - 1.0 / time_constant_s, elapsed_s
    while seconds > 0:
        if seconds % 2 == 1:
            left *= factor
        factor *= factor
        seconds //= 2
    return left
