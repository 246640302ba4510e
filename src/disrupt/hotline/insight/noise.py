"""Whole numbers with noise, so that nobody can tell whether one report is in them: exact, without a float.

The discrete Laplace distribution, P(k) proportional to exp(-epsilon |k|), drawn as in C. L. Canonne, G.
Kamath, T. Steinke, “The Discrete Gaussian for Differential Privacy” (2020), algorithms 1 and 2: from uniform
whole numbers of the operating system's generator only, because logarithms of floats leak (I. Mironov, 2012).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from fractions import Fraction

Draw = Callable[[int], int]
"""A uniform whole number below its argument."""


def discrete_laplace(epsilon: Fraction, below: Draw = secrets.randbelow) -> int:
    """One number of the distribution with this epsilon."""
    t, s = epsilon.denominator, epsilon.numerator
    while True:
        u = below(t)
        if not _happens(Fraction(u, t), below):
            continue
        v = 0
        while _happens(Fraction(1), below):
            v += 1
        size = (u + t * v) // s
        negative = below(2) == 1
        if not (negative and size == 0):
            return -size if negative else size


def _happens(gamma: Fraction, below: Draw) -> bool:
    """True with probability exp(-gamma), for gamma from 0 to 1."""
    k = 1
    # Bernoulli(gamma / k), until it fails: the parity of the count has the right probability.
    while below(gamma.denominator * k) < gamma.numerator:
        k += 1
    return k % 2 == 1
