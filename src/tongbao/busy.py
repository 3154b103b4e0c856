"""What a database says when many come at once: nothing has happened, and asking again will do."""

_POSTGRES = frozenset({"40001", "40P01", "55P03"})  # serialization failure, deadlock, no lock in time
_SQLITE = frozenset({5, 6})  # SQLITE_BUSY, SQLITE_LOCKED; a longer code says why in its higher bits


def is_busy(error: BaseException) -> bool:
    """Whether a database error (as Django raises it, or the driver's own) is one of these."""
    said = error.__cause__ or error
    code = getattr(said, "sqlite_errorcode", None)
    return getattr(said, "sqlstate", None) in _POSTGRES or (code is not None and code & 0xFF in _SQLITE)
