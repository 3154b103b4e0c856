"""Refuses an oversized upload while it arrives: nothing of it is kept, and the form can say so."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from tongbao.batch.rules import MAX_BYTES

MARK = "tongbao.upload_too_big"  # in request.META: the size in bytes
_ROOM = 1024 * 1024  # for the rest of the form


class SizeLimit(FileUploadHandler):
    """The first of the upload handlers: files of a request that is too big are passed over unread.

    Django's CSRF check reads the form before any view runs, so a view cannot say no early enough.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803  Django calls it so
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Look at the announced size."""
        self.size = content_length
        if content_length > MAX_BYTES + _ROOM:
            META[MARK] = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Pass over every file of such a request."""
        super().new_file(*args, **kwargs)
        if self.size > MAX_BYTES + _ROOM:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand on to the handlers that keep the file."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Others make the file."""


def refused_size(request: HttpRequest) -> int | None:
    """The size in bytes of an upload that was passed over, or None."""
    return request.META.get(MARK)
