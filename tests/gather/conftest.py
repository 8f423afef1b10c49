"""Sources and pages that the tests of gathering share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from syndicate.model import Selectors, Source, SourceKind

URL = "http://tin.example/muc/"


def make_source(**values: Any) -> Source:
    """A source at tin.example; fields of Selectors may be given beside its own."""
    chosen = {name: values.pop(name) for name in Selectors.__slots__ if name in values}
    if isinstance(values.get("title_selector"), str):
        chosen["title"] = values.pop("title_selector")
    given = {"key": "tin", "kind": SourceKind.LISTING, "url": URL, **values}
    given.setdefault("title", "Tin")
    return Source(**given, selectors=Selectors(**chosen))


@pytest.fixture
def source() -> Callable[..., Source]:
    """Make a source; keywords are its fields and those of its selectors."""

    def make(title: str = "", **values: Any) -> Source:
        return make_source(title_selector=title, **values)

    return make


@pytest.fixture
def now() -> datetime:
    """When everything is fetched."""
    return datetime(2026, 10, 19, 6, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
