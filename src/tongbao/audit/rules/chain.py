"""How records are linked: the hash of each covers its content and the hash of the one before.

Anybody can work it out again: SHA-256 of one line of JSON, its keys in alphabetical order, without blanks, in UTF-8.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tongbao.refusal import Refusal

GENESIS = "0" * 64
_HALF_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # １２：ａｂ as people type it
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode
_quote = json.encoder.encode_basestring  # what json.dumps makes of a text with ensure_ascii=False


def canonical(content: Any) -> str:
    """JSON with sorted keys, no blanks and plain UTF-8: the same content gives the same text anywhere."""
    return _encode(content)


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the canonical JSON of some content."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def link(previous_hash: str, *, number: int, at: datetime, content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of a record: previous hash, number, instant (UTC, microseconds) and content (`Record.content`)."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return seal(previous_hash, number, moment, **{**content, "detail": canonical(content["detail"])})


def seal(
    previous: str,
    number: int,
    at: str,
    *,
    actor_id: int | None,
    actor_name: str,
    actor_body: str,
    verb: str,
    subject: str,
    reference: str,
    detail: str,
) -> str:
    """The same of a record as it is kept: `at` written out, `detail` as canonical JSON.

    The line is put together by hand because a whole chain must be checked in seconds.
    """
    line = (
        f'{{"actor_body":{_quote(actor_body)},"actor_id":{"null" if actor_id is None else actor_id},'
        f'"actor_name":{_quote(actor_name)},"at":{_quote(at)},"detail":{detail},"number":{number},'
        f'"previous":{_quote(previous)},"reference":{_quote(reference)},"subject":{_quote(subject)},"verb":{_quote(verb)}}}'
    )
    return hashlib.sha256(line.encode()).hexdigest()


def read_head(text: str) -> tuple[int, str]:
    """A head of the chain as it is published, '1234:ab12…': number and hash. Refusal: `head.unreadable`."""
    plain = re.sub(r"\s+", "", text).translate(_HALF_WIDTH).lower()
    found = re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{64})", plain)
    if found is None:
        sentence = "链尾写成“序号:摘要”，例如 1234:9f86d0…（摘要共 64 位，由 0–9 和 a–f 组成），请照公布的文字填写。"
        raise Refusal("head.unreadable", sentence, "head")
    return int(found[1]), found[2]


def digest(personal: str) -> str:
    """The hash that stands in a record for a piece of personal data."""
    return hashlib.sha256(personal.encode()).hexdigest()[:16]
