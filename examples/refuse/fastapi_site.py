"""A FastAPI site that refuses an upload that is in the bank, without blocking the loop.

DISRUPT_BANK=bank python -m uvicorn --app-dir examples/refuse fastapi_site:app
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from disrupt import Bank, DisruptError, Sandbox, look_up_async

MOST = 64 << 20
BANK = Bank.open(os.environ["DISRUPT_BANK"])
DECODERS = Sandbox(workers=2)


@asynccontextmanager
async def decoders(app: FastAPI) -> AsyncIterator[None]:
    """Start the decoders with the site, and end them with it."""
    DECODERS.start()
    yield
    DECODERS.close()


app = FastAPI(lifespan=decoders)


@app.post("/upload")
async def upload(request: Request) -> JSONResponse:
    """Take the body as a file, unless it is in the bank; it is held in memory and touches no disk."""
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > MOST:
            return JSONResponse({"error": "too large"}, 413)
    BANK.refresh()
    if BANK.health().state in ("empty", "damaged"):
        return JSONResponse({"error": "uploads are closed for a moment"}, 503)
    try:
        action = (await look_up_async(bytes(content), BANK, level="fast", sandbox=DECODERS)).action
    except DisruptError:  # it cannot be decoded: a person looks at it
        action = "review"
    if action == "block":
        return JSONResponse({"error": "this cannot be published here"}, 451)
    # Here the file would be stored; one to review is not shown before somebody has looked at it.
    return JSONResponse({"held": action == "review"}, 202 if action == "review" else 201)
