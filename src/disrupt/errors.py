"""The one family of errors: whatever the toolkit refuses or cannot do is a `DisruptError` with a code."""

from __future__ import annotations

import re


class DisruptError(Exception):
    """The message is one sentence that says what to do; `code` is for programs and stays as it is."""

    code: str = "error"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" not in cls.__dict__:
            cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
