"""What the kernel killed is there again: so the units say, and a machine shows it (functional/machine)."""

from __future__ import annotations

import pytest
from tests.hotline.operating.test_install import FILES, SERVICES


@pytest.mark.parametrize("name", SERVICES)
def test_what_the_kernel_killed_is_there_again(name: str) -> None:
    text = FILES[name].text
    if "Type=oneshot" in text:
        return  # a job of the night: its timer starts it again
    assert "Restart=always\n" in text
    # Five starts in ten seconds, and systemd gives up: that is never reached.
    assert "RestartSec=5\n" in text
    # A decoder or a child that is killed ends no service that starts another.
    forks = name.removeprefix("disrupt-").removesuffix(".service") not in {"keyholder", "relay"}
    assert ("OOMPolicy=continue\n" in text) == forks
