"""The elements that each law wants of a notice: one that lacks one is not sent, and the error names it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from disrupt.hotline.common.outbound import BadAddress, check_address
from disrupt.hotline.takedown.notices.compose import Composed
from disrupt.hotline.takedown.notices.regimes import Regime


class Incomplete(ValueError):
    """A notice lacks an element; the message says which, and by which law it is needed."""


class NotSubstantiated(Incomplete):
    """A sufficiently substantiated explanation of why the content is illegal."""


class NoLocation(Incomplete):
    """The exact electronic location of the content."""


class NoNotifier(Incomplete):
    """The name and the e-mail address of the notifier."""


class NoGoodFaith(Incomplete):
    """A statement of bona fide belief."""


class NoSignature(Incomplete):
    """The signature of somebody with a mandate of the person concerned."""


def _explanation(told: Mapping[str, Any]) -> bool:
    return bool(told["category"]["facts"].strip() and told["category"]["law"].strip())


def _location(told: Mapping[str, Any]) -> bool:
    return bool(told["urls"]) and all(one["host"] for one in told["urls"])


def _notifier(told: Mapping[str, Any]) -> bool:
    notifier = told["notifier"] or {"name": "", "email": ""}
    try:
        return bool(notifier["name"].strip()) and bool(check_address(notifier["email"]))
    except BadAddress:
        return False


def _good_faith(told: Mapping[str, Any]) -> bool:
    return told["bona_fide"] is True


def _signature(told: Mapping[str, Any]) -> bool:
    signed = told["signature"]
    return bool(signed and signed["name"].strip() and signed["mandate_signed_on"])


Check = tuple[Callable[[Mapping[str, Any]], bool], type[Incomplete], str]
CHECKS: Mapping[str, Check] = {
    "explanation": (_explanation, NotSubstantiated, "no facts, or no law, in the classification scheme"),
    "location": (_location, NoLocation, "an address names no host"),
    "notifier": (_notifier, NoNotifier, "DISRUPT_HOTLINE_NAME or DISRUPT_HOTLINE_EMAIL is missing"),
    "good_faith": (_good_faith, NoGoodFaith, "no statement of good faith"),
    "signature": (_signature, NoSignature, "no signed mandate of the person concerned"),
}


def check(composed: Composed, regime: Regime, *, anonymous: bool) -> None:
    """Raises Incomplete: NotSubstantiated, NoLocation, NoNotifier, NoGoodFaith, NoSignature."""
    for name, cited in regime.elements.items():
        there, error, lacking = CHECKS[name]
        if name == "notifier" and anonymous and regime.may_omit_notifier:
            continue
        if not there(composed.attachment):
            raise error(f"{cited}: {lacking}.")
