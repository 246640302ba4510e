"""Whether a disk still takes what is written: one that the kernel found an error on can only be read."""

from __future__ import annotations

import errno
import os
from pathlib import Path

_TAKES_NOTHING = {errno.EROFS, errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.ESTALE}


def takes(folder: Path) -> bool:
    """Whether a byte can be written there and is kept; nothing of it is left.

    True too where nobody can say: the account may not write there, there is no such folder, or this file
    system knows no files without a name.
    """
    try:
        # Without a name: it goes with the process, whatever happens.
        file = os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o600)
        try:
            os.write(file, b"\0")
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        return error.errno not in _TAKES_NOTHING
    return True
