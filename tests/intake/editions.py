"""Nantong's edition with a few lines of its own: a newer version, in force at once."""

import re

from django.conf import settings

from tongbao.scheme import actions


def with_window(*, issue_days: int = 0, **queue: str) -> None:
    """Load the edition anew with these keys under `queue:`, and days for the insurer to issue."""
    text = (settings.SCHEMES_DIR / "nantong-2019.yaml").read_text()
    text = _under(text, "queue", [f"{key}: {value}" for key, value in queue.items()])
    days = f"issue_days: {{title: 出单期限, value: {issue_days}, clause: 三, default: true, note: 试}}"
    text = _under(text, "deadlines", [days] if issue_days else [])
    actions.load_edition(text=text, name="nantong-2019.yaml", by=None)


def _under(text: str, section: str, lines: list[str]) -> str:
    return re.sub(rf"(?m)^{section}:.*$", "\n  ".join([f"{section}:", *lines]), text)
