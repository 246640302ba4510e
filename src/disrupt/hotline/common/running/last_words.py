"""What a process or a thread that ends by an error says: where and of what kind, and nothing else (D10).

Python itself would print the error's words, which may quote what somebody wrote: a database names the row.
"""

from __future__ import annotations

import sys
import threading
from types import TracebackType

from disrupt.hotline.common.running.quiet_log import WhereOnly

# An operator needs at a start: our words, those of the system on files and of a database that is away.
_OURS = "disrupt."
_NEEDED = {"django.core.exceptions.ImproperlyConfigured", "django.db.utils.OperationalError"}
_FORM = WhereOnly()


def say_where_only() -> None:
    """From now on, in all threads of this process."""
    sys.excepthook = _say
    threading.excepthook = _of_a_thread


def _say(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    name = f"{kind.__module__}.{kind.__qualname__}"
    said = str(error) if name.startswith(_OURS) or name in _NEEDED or isinstance(error, OSError) else ""
    sys.stderr.write(f"{_FORM.formatException((kind, error.with_traceback(trace), trace))}\n")
    if said:
        sys.stderr.write(f"{said}\n")


def _of_a_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and args.exc_type is not SystemExit:
        _say(args.exc_type, args.exc_value, args.exc_traceback)
