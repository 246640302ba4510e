"""As what a case's items are decided stands in its own row, so that the queue is filtered by it."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def decided_as(apps: Any, schema_editor: Any) -> None:
    # In the database: there may be a million cases.
    joined = "string_agg(DISTINCT q.category, ',')"
    if schema_editor.connection.vendor == "sqlite":
        joined = "group_concat(DISTINCT q.category)"
    schema_editor.execute(
        f"UPDATE cases_case SET decided_as = ',' || found.codes || ',' FROM (SELECT i.case_id, {joined} AS codes "
        "FROM cases_qualification q JOIN cases_item i ON i.id = q.item_id WHERE q.undone_at IS NULL "
        "GROUP BY i.case_id) AS found WHERE found.case_id = cases_case.id"
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0029_few_among_many")]
    operations = [
        migrations.AddField(
            "case",
            "decided_as",
            models.TextField(
                blank=True,
                default="",
                help_text="categories of the standing decisions in it: ,ABC,DEF, (waiting.py)",
            ),
        ),
        migrations.RunPython(decided_as, migrations.RunPython.noop),
    ]
