"""What both interfaces share: parameters read strictly, and a look-up that ends when its client goes away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

from disrupt.matching import Bank, Findings, look_up_async
from disrupt.matching.guessing.plans import BUDGET, Level
from disrupt.matching.looking import Look
from disrupt.partner.serve.engine import Engine
from disrupt.partner.serve.http import Gone, Refused, Request

T = TypeVar("T")


def whole(query: Mapping[str, str], name: str, most: int, least: int = 0) -> int | None:
    """A whole number of the query, if it is there. Raises Refused."""
    text = query.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise Refused(400, "bad_parameter", f"{name} is a whole number from {least} to {most}")
    return int(text)


def level_of(query: Mapping[str, str], default: Level) -> Level:
    """The level that is asked for. Raises Refused."""
    text = query.get("level", default)
    if text not in BUDGET:
        raise Refused(400, "bad_parameter", f"level is one of {', '.join(BUDGET)}")
    return text


async def while_there(request: Request, work: Awaitable[T]) -> T:
    """The result of some work, which is cancelled when the client goes away. Raises Gone."""
    task = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(request.gone())
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise Gone
    finally:
        leaving.cancel()
        if not task.done():
            task.cancel()


async def found_in(
    engine: Engine, request: Request, source: Look, banks: Mapping[str, Bank], **options: Any
) -> Findings:
    """Look up, unless too many do so already. Raises Refused, Gone and what `look_up` raises."""
    if engine.under_way >= engine.settings.waiting:
        raise Refused(503, "busy", "too many look-ups are under way: try again shortly")
    engine.under_way += 1
    try:
        work = look_up_async(source, banks, sandbox=engine.sandbox, executor=engine.threads, **options)
        return await while_there(request, work)
    finally:
        engine.under_way -= 1
