"""Which files may be handed in: what they really are, how big, under which name."""

import re
from dataclasses import dataclass

from tongbao.refusal import Refusal

MAX_BYTES = 10 * 1024 * 1024
NAME_LENGTH = 120


@dataclass(frozen=True)
class FileType:
    """A kind of file that is accepted: its name for people, first bytes, and usual endings (the first is the best)."""

    title: str
    content_type: str
    magic: bytes
    endings: tuple[str, ...]


ACCEPTED = (
    FileType("PDF", "application/pdf", b"%PDF-", ("pdf",)),
    FileType("JPG 图片", "image/jpeg", b"\xff\xd8\xff", ("jpg", "jpeg")),
    FileType("PNG 图片", "image/png", b"\x89PNG\r\n\x1a\n", ("png",)),
)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069/\\:*?"<>|]+')


def check_size(size: int) -> None:
    """Refuse an empty file and one over 10 MB, before its content is read. `size` in bytes."""
    if size == 0:
        raise Refusal("document.empty", "这个文件是空的，请检查后重新上传。")
    if size > MAX_BYTES:
        shown = f"{size / 1024 / 1024:.1f}"
        raise Refusal("document.too_big", f"文件有 {shown} MB，超过 10 MB 的上限。请压缩或分开后重新上传。")


def not_received(size: int, field: str | None = None) -> Refusal:
    """The refusal of a form whose files, `size` bytes together, were too big to be received at all."""
    shown = f"{size / 1024 / 1024:.1f}"
    return Refusal(
        "document.not_received",
        f"文件太大：这次上传合计 {shown} MB，没有接收。每份不超过 10 MB，请压缩；几份都较大时，请分几次上传。",
        field,
    )


def file_type(name: str, content: bytes) -> FileType:
    """What the content really is; refused when it is none of the accepted types or the name says otherwise."""
    found = next((kind for kind in ACCEPTED if content.startswith(kind.magic)), None)
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    claimed = next((kind for kind in ACCEPTED if ending in kind.endings), None)
    if claimed is None:
        raise Refusal("document.ending", "只接受 PDF、JPG、PNG 文件，请转换后重新上传。")
    if found is None:
        raise Refusal(
            "document.not_what_it_says",
            f"这不是 {claimed.title} 文件（名称以 .{ending} 结尾，内容却不是）。请用原来的软件重新导出后上传。",
        )
    if found is not claimed:
        raise Refusal(
            "document.other_type",
            f"这个文件的内容是 {found.title}，名称却以 .{ending} 结尾。请把名称改为 .{found.endings[0]} 后重新上传。",
        )
    return found


def clean_name(name: str) -> str:
    """A file name that is safe to show and to save: the last part of a path, without control, direction or path
    characters, at most 120 characters with its ending kept."""
    last = re.split(r"[/\\]", name)[-1]
    cleaned = re.sub(r"\s+", " ", _UNSAFE.sub(" ", last)).strip(" .")
    stem, dot, ending = cleaned.rpartition(".")
    if not dot:
        return cleaned[:NAME_LENGTH] or "未命名"
    return f"{(stem or '未命名')[: NAME_LENGTH - len(ending) - 1]}.{ending}"


def location(sha256: str) -> str:
    """Where a content with this hash (hex) is kept, below the media folder."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
