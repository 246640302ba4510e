"""A version after this one, for a rehearsal of an upgrade: a column more, which must not be empty."""

from __future__ import annotations

import shutil
from pathlib import Path

import disrupt

PACKAGE = Path(disrupt.__file__).parent
STEP = "cases.9000_next"
_FIELD = """

from django.db import models

Case.add_to_class("next_version", models.CharField(max_length=8, default="next"))
"""
_MIGRATION = '''"""Every case says of which version it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "{before}")]
    operations = [
        migrations.AddField("case", "next_version", models.CharField(default="next", max_length=8))
    ]
'''


def next_version(folder: Path) -> Path:
    """Put it into the folder, and return that."""
    made = folder / "disrupt"
    shutil.copytree(PACKAGE, made)
    cases = made / "hotline" / "cases"
    with (cases / "models" / "__init__.py").open("a") as models:
        models.write(_FIELD)
    before = max(path.stem for path in (cases / "migrations").glob("[0-9]*.py"))
    (cases / "migrations" / "9000_next.py").write_text(_MIGRATION.format(before=before))
    return folder
