"""An exchange's interface for programs: what can be asked of it, and what it answers, with their types."""

from disrupt.partner.exchange.answers import Answer as Answer
from disrupt.partner.exchange.answers import Category as Category
from disrupt.partner.exchange.answers import Figures as Figures
from disrupt.partner.exchange.answers import Found as Found
from disrupt.partner.exchange.answers import NewKey as NewKey
from disrupt.partner.exchange.answers import Taken as Taken
from disrupt.partner.exchange.client import AsyncExchange as AsyncExchange
from disrupt.partner.exchange.client import Exchange as Exchange
from disrupt.partner.following.feed_client import Refused as Refused
from disrupt.partner.following.feed_client import SyncError as SyncError
from disrupt.partner.following.feed_client import Unreachable as Unreachable
from disrupt.protocol.feedback import Opinion as Opinion
from disrupt.protocol.feedback import Why as Why
from disrupt.protocol.feedback import Word as Word
from disrupt.protocol.look_up import LookUp as LookUp
