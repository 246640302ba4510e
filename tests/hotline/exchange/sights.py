"""Which of an adult, a film, a minor, a declared and a derived entry a key of these scopes sees."""

from __future__ import annotations

from typing import Any

from disrupt.hotline.exchange.door.scopes import Scope

SIGHTS: tuple[tuple[tuple[Scope, ...], dict[str, Any], set[str]], ...] = (
    ((), {}, {"adult", "film"}),
    ((Scope.MINORS_READ,), {}, {"adult", "film", "minor"}),
    ((Scope.DECLARED_READ,), {}, {"adult", "film", "declared"}),
    ((Scope.SHARED_READ,), {}, {"adult", "film", "shared"}),
    ((Scope.DERIVED_READ,), {}, {"adult", "film", "part"}),
    ((), {"kinds": ["video"]}, {"film"}),
    ((), {"categories": ["DEEP-SEX"]}, {"film"}),
    ((), {"jurisdictions": ["DE"]}, set()),
)
