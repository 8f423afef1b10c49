"""Media types of files that entries link to."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_TYPE = re.compile(r"[a-z0-9][a-z0-9.+_-]*/[a-z0-9][a-z0-9.+_-]*")
_PICTURES = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}
_FILES = _PICTURES | {
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "pdf": "application/pdf",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "wav": "audio/wav",
    "webm": "video/webm",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
_UNKNOWN = "application/octet-stream"


def file_type(claim: str, url: str) -> str:
    """Return the media type of a file: what is claimed of it, else as it is named.

    A claim that it is just bytes says less than the name.
    """
    kind = claim.partition(";")[0].strip().lower()
    known = kind if _TYPE.fullmatch(kind) else ""
    if known and known != _UNKNOWN:
        return known
    return _FILES.get(_ending(url), _UNKNOWN)


def picture_type(url: str) -> str:
    """Return the media type of a picture as it is named; "" if that says nothing."""
    return _PICTURES.get(_ending(url), "")


def _ending(url: str) -> str:
    """Return what stands behind the last dot of the file's name, if there is one."""
    name = urlsplit(url).path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""
