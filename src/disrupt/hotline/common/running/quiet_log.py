"""Log lines that say where something failed, and nothing of what it held (D10)."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType


class WhereOnly(logging.Formatter):
    """A traceback names places and kinds of errors; their messages may quote what somebody wrote."""

    def formatException(  # noqa: N802 - the library's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        lines: list[str] = []
        error: BaseException | None = ei[1]
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            lines += [
                f"  {frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(error.__traceback__)
            ]
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or error.__context__
        return "\n".join(lines)


class ViewsOnly(logging.Filter):
    """Of a request that failed: its page's name and the status; an address can hold what opens something."""

    def filter(self, record: logging.LogRecord) -> bool:
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        status = getattr(record, "status_code", "no status")
        record.msg, record.args = f"{match.view_name if match else 'no page'}: {status}", ()
        return True
