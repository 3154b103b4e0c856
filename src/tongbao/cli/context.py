"""What every verb of the command needs before it starts: settings, and one demo clock for all of them."""

import os
from pathlib import Path

from tongbao import clock

ANCHOR_FILE = "demo-clock"


def start_django() -> None:
    """Load the settings and set up Django, with the demo clock anchored where the data were first opened."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongbao.config.settings")
    import django
    from django.conf import settings

    anchor_clock(Path(settings.DATA_DIR))
    django.setup()


def anchor_clock(data_dir: Path) -> None:
    """In demo mode, export TONGBAO_CLOCK_ANCHOR: the UTC instant at which the demo clock showed its start.

    It is kept in the data folder together with the start, so that a restart does not go back in time, and every
    process shows the same moment. Another start begins anew.
    """
    shown = os.environ.get("TONGBAO_CLOCK")
    if not shown or os.environ.get("TONGBAO_CLOCK_ANCHOR"):
        return
    path = data_dir / ANCHOR_FILE
    kept = path.read_text().split() if path.exists() else []
    if kept[:1] != [shown] or len(kept) != 2:
        kept = [shown, (clock.now() - clock.offset()).isoformat()]
        path.write_text(" ".join(kept) + "\n")
    os.environ["TONGBAO_CLOCK_ANCHOR"] = kept[1]
