"""uvicorn is set up so that documents go a short way, and so that it ends in time."""

from __future__ import annotations

import resource
import sys

import pytest

from syndicate.web import server
from syndicate.web.documents import Documents


async def application(scope, receive, send) -> None:
    """Answer nothing."""


@pytest.fixture
def documents(tmp_path):
    return Documents(tmp_path)


def test_documents_go_the_short_way(documents):
    lane = pytest.importorskip("syndicate.web.serving.lane", exc_type=ImportError)
    made = server.config(application, documents)
    assert issubclass(made.http, lane.Lane)
    assert made.http.answer == documents.at_once
    assert made.timeout_graceful_shutdown == server.GRACE


def test_without_httptools_documents_are_served_all_the_same(
    documents, monkeypatch, caplog
):
    monkeypatch.setitem(sys.modules, "syndicate.web.serving.lane", None)
    assert server.config(application, documents).http == "auto"
    assert caplog.messages == [
        "httptools is not installed: documents are served slowly"
    ]


def test_the_server_tells_nobody_what_it_is_and_logs_no_address(documents):
    made = server.config(application, documents)
    assert (made.server_header, made.access_log) == (False, False)


def test_as_many_connections_are_taken_as_the_system_allows(monkeypatch):
    asked = []
    monkeypatch.setattr(resource, "getrlimit", lambda _what: (1024, 4096))
    monkeypatch.setattr(resource, "setrlimit", lambda _what, both: asked.append(both))
    server._take_files()
    assert asked == [(4096, 4096)]
