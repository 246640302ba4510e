"""The lines of docs/hma.md do what the page says, against the answers of the matcher that HMA uses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from tests.matching.pictures import bank_of, photo
from tests.partner.clean import Clean
from tests.partner.guarding import jpeg
from tests.partner.pages import run_page
from tests.partner.serving import free_port
from threatexchange.signal_type.pdq.signal import PdqSignal

from disrupt.fingerprint.pdq import pdq_from_array


@pytest.mark.slow
def test_hma_is_swapped_out(tmp_path: Path, clean: Clean) -> None:
    known = {seed: photo(seed, 320, 240) for seed in range(3)}
    hashes = {seed: pdq_from_array(pixels).hex for seed, pixels in known.items()}
    bank_of(tmp_path / "list", {"hotline's": photo(9, 320, 240)})
    sample = {
        "altered.jpg": ImageOps.expand(ImageOps.mirror(Image.fromarray(known[2])), 30, "white"),
        "other.jpg": Image.fromarray(photo(20, 320, 240)),
        "same.jpg": Image.fromarray(known[1]).resize((300, 225)),
    }
    index = PdqSignal.get_index_cls().build((text, 70 + seed) for seed, text in hashes.items())
    answers = []
    for picture in sample.values():
        found = index.query(pdq_from_array(np.asarray(picture)).hex)
        hits = [
            {"bank_content_id": one.metadata, "distance": str(one.similarity_info.distance)} for one in found
        ]
        answers.append(json.dumps({"pdq": {"HMA": hits}}))
    assert [answer.count("distance") for answer in answers] == [0, 0, 1]
    files = {f"sample/{name}": jpeg(picture) for name, picture in sample.items()}
    files |= {
        "export.csv": "".join(f"{70 + seed},{text}\n" for seed, text in hashes.items()).encode(),
        "hma-answers": "\n".join(answers).encode(),
        "new/late.jpg": jpeg(photo(30, 320, 240)),
    }
    said = run_page("hma.md", tmp_path, files, clean, PORT=str(free_port()))
    assert "I-AM-ALIVE" in said
    assert '"bank_content_id":72' in said  # what HMA did not find
    assert '"bank_content_id":71' not in said
    assert '"bank_content_id": 71' in (tmp_path / "our-answers").read_text()
