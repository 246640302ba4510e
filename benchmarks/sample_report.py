"""Makes the sample report in docs/ from a made-up year: `python -m benchmarks.sample_report FOLDER`.

In the environment of an empty hotline (DISRUPT_VAR); what is made is a draft that was signed off there.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

PROCEDURES = {
    "fr": "Données inventées, pour montrer la forme du rapport. Ici, le dispositif dit comment il reste "
    "indépendant des plateformes : qui le finance, qui décide, comment un désaccord est tranché.",
    "en": "Made-up data, to show what a report looks like. Here the hotline says how it stays independent of "
    "platforms: who funds it, who decides, how a disagreement is settled.",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "disrupt.hotline.processes.all_in_one")
    import django

    django.setup()
    from benchmarks.years import Year, write
    from disrupt.hotline.common.actors import analyst
    from disrupt.hotline.insight import reports

    write([Year(2025, reported=12_000, processed=8_000, illegal=4_600, minors=3_500, large=460)], sites=12)
    made = reports.draft("2025", analyst(1))
    reports.write(made, procedures=PROCEDURES, change={"fr": "", "en": ""})
    made = reports.sign_off(made, analyst(1))
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for file in made.files.exclude(name__endswith=".zip"):
        (folder / file.name).write_bytes(bytes(file.data))


if __name__ == "__main__":
    main()
