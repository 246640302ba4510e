"""`disrupt guard` beside Debian's WordPress: what its own form takes in is off the site, with its sizes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageOps
from tests.matching.pictures import bank_of, photo
from tests.partner.guarded.wordpress import is_here, wordpress
from tests.partner.guarding import HOST, PINNED, jpeg, settle
from tests.partner.test_guard_running import running
from tests.waiting import until

from disrupt.cli import main
from disrupt.partner.guard.home import read
from disrupt.partner.guard.quarantine import Quarantine


@pytest.mark.slow
@pytest.mark.skipif(not is_here(), reason="WordPress is not here: scripts/apt.sh unpacks it")
def test_an_upload_through_wordpress_is_off_the_site_and_comes_back(tmp_path: Path) -> None:
    keys, folder = tmp_path / "hotline.keys", tmp_path / "guard"
    keys.write_text(PINNED)
    with wordpress(tmp_path) as site:
        site.uploads.mkdir(parents=True)
        kind = ["--kind", "wordpress", "--site", str(site.folder)]
        assert main(["guard", "init", str(folder), "--host", HOST, "--keys", str(keys), *kind]) == 0
        bank_of(folder / "bank", {"known": photo(1, 800, 600)})
        home = settle(read(folder), 'banks = ["bank"]', 'on_match = "hold"')
        with running(home):
            until(lambda: (folder / "seen.json").exists())
            mirrored = ImageOps.mirror(Image.fromarray(photo(1, 800, 600)))
            site.upload("ordinary.jpg", jpeg(photo(2, 800, 600)))
            site.upload("copy.jpg", jpeg(mirrored))
            sizes = [path.name.removeprefix("ordinary") for path in site.files("ordinary.jpg")]
            assert len(sizes) == 4, "WordPress made its smaller sizes"
            off = Quarantine(home.quarantine)

            def told() -> set[str]:
                """Every file that something was done or said about."""
                deeds = [line for line in off.log() if line["deed"] in ("held", "found")]
                return {Path(line["path"]).name for line in deeds}

            until(lambda: told() == {f"copy{size}" for size in sizes})
            # The square that WordPress cuts out of the middle may be far enough off to wait for the owner.
            until(lambda: {path.name for path in site.files("copy.jpg")} <= {"copy-150x150.jpg"})
            assert all(map(site.shows, site.files("ordinary.jpg")))
        taken = [line["id"] for line in off.log() if line["deed"] == "held"]
        assert len(taken) >= 3
        for one in taken:
            assert main(["guard", "undo", "--quarantine", str(home.quarantine), one]) == 0
        back = site.files("copy.jpg")
        assert len(back) == 4
        assert all(map(site.shows, back))
