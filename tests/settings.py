"""Settings of the test run: every app, a private folder of its own, cheap case codes."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_kept = os.environ.get("DISRUPT_TEST_VAR", "")
_var = Path(_kept or tempfile.mkdtemp(prefix="disrupt-tests-"))
if not _kept:
    atexit.register(shutil.rmtree, _var, ignore_errors=True)
os.environ["DISRUPT_VAR"] = str(_var)
os.environ["DISRUPT_INSECURE_LOOPBACK"] = "1"
os.environ["DISRUPT_CLOCK_FILE"] = str(_var / "clock")
# Tests of letters must not depend on the hour at which they run.
os.environ["DISRUPT_QUIET_HOURS"] = "none"
# What is decided takes effect at once; the tests of undoing wait as a hotline does.
os.environ["DISRUPT_UNDO_MINUTES"] = "0"
# Nobody else is asked by the hour of an account or by chance; the tests of that say so.
os.environ["DISRUPT_SECOND_FIRST"] = os.environ["DISRUPT_SECOND_SAMPLE_PERCENT"] = "0"
# Tests of what partners see need not wait for a batch; those of the batches say so.
os.environ["DISRUPT_OFFER_EVERY_MINUTES"] = "0"
os.environ["DISRUPT_DATABASE"] = os.environ.get("DISRUPT_TEST_DATABASE", "")

from disrupt.hotline.common.keys import create_all  # noqa: E402

create_all(_var / "keys")

from disrupt.hotline.processes.all_in_one import *  # noqa: E402, F403

ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
CODE_ARGON2_OPS = 1
CODE_ARGON2_BYTES = 8 * 1024 * 1024
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if "sqlite3" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    # A file, as in production, so that several connections can use it at once.
    DATABASES["default"]["TEST"] = {"NAME": str(_var / "tests.sqlite3")}  # noqa: F405
