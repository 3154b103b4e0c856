"""The reconciliation of a month as a PDF: the same content gives the same bytes on any machine."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

TEMPLATES = Path(__file__).resolve().parents[2] / "typst"
FONTS = pylopdf_fonts_zh_cn.sans_path().parent  # Noto Sans SC under the SIL Open Font License 1.1


def render(content: Mapping[str, Any], moment: datetime) -> bytes:
    """The paper; `content` is all it says, in words (typst/reconciliation.typ), `moment` when that came to be."""
    return typst.compile(
        str(TEMPLATES / "reconciliation.typ"),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        timestamp=int(moment.timestamp()),
        sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
    )


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
