"""The fund of an edition run again from its log."""

from tongbao.funds.rules.replay.records import Booked, Event, Place
from tongbao.funds.rules.replay.run import Replay

__all__ = ["Booked", "Event", "Place", "Replay"]
