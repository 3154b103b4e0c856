"""How names and values are written in the SQL that DuckDB and Spark both read.

Numbers are whole: a fact of two decimals stands as its hundredths (cents), so that no engine rounds.
"""

from decimal import Decimal

from tongbao.refusal import Refusal
from tongbao.scheme.rules.shapes import Kind

DIGITS = 16  # of a fact in hundredths: below 10^14, which no amount of a scheme reaches; DECIMAL(18, 2) holds it
WIDEST = 38  # digits of the widest decimal of both engines
TYPES = {Kind.NUMBER: "BIGINT", Kind.BOOL: "BOOLEAN", Kind.TEXT: "STRING"}
PLAIN = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz _-.,()/|")


def name(id: str) -> str:
    """A column's name; names of a scheme hold letters, digits, - and _ only."""
    return '"' + id.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text. Quotes and backslashes, which the engines read differently, and control characters become chr()."""
    pieces: list[str] = []
    for character in value:
        if character in PLAIN or ord(character) > 0xA0:
            if pieces and pieces[-1].startswith("'"):
                pieces[-1] = f"{pieces[-1][:-1]}{character}'"
            else:
                pieces.append(f"'{character}'")
        else:
            pieces.append(f"chr({ord(character)})")
    return pieces[0] if len(pieces) == 1 else f"({' || '.join(pieces)})" if pieces else "''"


def decimal(value: Decimal, room: int) -> tuple[str, int]:
    """A decimal to multiply by, and how many digits it has; at most `room`. Raises Refusal `number_too_long`."""
    _, digits, exponent = value.normalize().as_tuple()
    assert isinstance(exponent, int)
    scale = max(-exponent, 0)
    width = max(len(digits) + max(exponent, 0), scale)
    if width > room:
        raise Refusal("number_too_long", f"费率、折扣或汇率“{value}”的位数太多，无法在名册上一次算完，请减少小数位数。")
    return f"CAST('{value:f}' AS DECIMAL({width}, {scale}))", width


def every(parts: list[str], joined: str, without: str) -> str:
    """Conditions joined by AND or OR; `without` any, that."""
    return f"({f' {joined} '.join(parts)})" if len(parts) > 1 else parts[0] if parts else without
