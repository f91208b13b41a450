"""Chance that is the same on every platform for ever: arithmetic on `Random.random()`."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Choice = TypeVar("Choice")


def between(random: Random, low: float, high: float) -> float:
    """Return a number from low to high."""
    return low + (high - low) * random.random()


def pick(random: Random, choices: Sequence[Choice]) -> Choice:
    """Return one of some choices."""
    return choices[int(random.random() * len(choices))]


def weighted(random: Random, weights: Sequence[tuple[Choice, float]]) -> Choice:
    """Return one of some choices, the likelier the greater its weight."""
    left = random.random() * sum(weight for _, weight in weights)
    for choice, weight in weights:
        left -= weight
        if left < 0:
            return choice
    return weights[-1][0]
