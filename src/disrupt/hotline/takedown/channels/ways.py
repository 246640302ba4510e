"""Which channel is which."""

from __future__ import annotations

from disrupt.hotline.takedown.channels.base import Way
from disrupt.hotline.takedown.channels.cloudflare import Cloudflare
from disrupt.hotline.takedown.channels.guard import Guard
from disrupt.hotline.takedown.channels.mail import Form, Mail
from disrupt.hotline.takedown.states import Channel


def way(channel: str) -> Way:
    """The channel of a name."""
    ways: dict[str, type[Mail | Form | Cloudflare | Guard]] = {
        Channel.EMAIL: Mail,
        Channel.FORM: Form,
        Channel.CLOUDFLARE: Cloudflare,
        Channel.GUARD: Guard,
    }
    return ways[channel]()
