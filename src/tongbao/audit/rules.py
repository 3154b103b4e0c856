"""How records are linked: the hash of each covers its content and the hash of the one before."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


def canonical(content: Mapping[str, Any]) -> str:
    """JSON with sorted keys, no blanks and plain UTF-8: the same content gives the same text anywhere."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the canonical JSON of some content."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def link(previous_hash: str, *, number: int, at: datetime, content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of a record: previous hash, number, instant (UTC, microseconds) and content."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return content_hash({"previous": previous_hash, "number": number, "at": moment, **content})


def digest(personal: str) -> str:
    """The hash that stands in a record for a piece of personal data."""
    return hashlib.sha256(personal.encode()).hexdigest()[:16]
