"""On how many examples a claim is tried: the laws of the record on far more than all others.

``quick`` is for work on the code, ``ci`` for every change, ``fuzz`` for a night.
"""

from __future__ import annotations

import os
from math import ceil
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = 200
LAW_EXAMPLES = {
    "quick": EXAMPLES,
    "ci": 20_000,
    "fuzz": int(os.environ.get("LAW_EXAMPLES", "1_000_000")),
}
# Hypothesis remembers each example until its round is over, with a kilobyte or so; and pytest-xdist
# starts files of few tests last, when long ones would keep all but one worker waiting.
_ROUND = 1_000


def register_profiles() -> None:
    """Tell hypothesis of the three; without ``--hypothesis-profile`` it is the quick one."""
    settings.register_profile(
        "quick",
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    quick = settings.get_profile("quick")
    for name in ("ci", "fuzz"):
        settings.register_profile(name, quick, database=None, print_blob=True)
    settings.load_profile("quick")


def law(claim: Callable[..., None]) -> Callable[..., None]:
    """Try a claim on as many examples as laws are in this profile; it takes a ``round_number``."""
    return _on(_wanted(), claim)


def lesser_law(claim: Callable[..., None]) -> Callable[..., None]:
    """Try one on a tenth of them, where another law has the same examples but for one step."""
    return _on(max(EXAMPLES, _wanted() // 10), claim)


def _wanted() -> int:
    return LAW_EXAMPLES[settings.get_current_profile_name().partition("-")[0]]


def _on(wanted: int, claim: Callable[..., None]) -> Callable[..., None]:
    rounds = ceil(wanted / _ROUND)
    claim = settings(max_examples=ceil(wanted / rounds))(claim)
    return pytest.mark.parametrize("round_number", range(1, rounds + 1))(claim)
