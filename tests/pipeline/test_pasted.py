"""A text that somebody pasted is read as an article would be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from syndicate.errors import SyndicateError
from syndicate.pipeline.pasted import pasted

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def read(body):
    return pasted(body, "tin.txt", now=NOW, language="vi")


def test_the_first_line_is_the_title_and_blank_lines_part_paragraphs():
    entry = read(
        "\ufeff Kết nạp đảng viên \r\n\r\nChi bộ họp.\r\nĐông đủ.\r\n\r\n"
        "Theo Quy định số 213-QĐ/TW < & >.\n".encode()
    )
    assert entry.title == "Kết nạp đảng viên"
    assert entry.text.startswith("Chi bộ họp. Đông đủ.\n\n")
    assert entry.text.endswith("213-QĐ/TW < & >.")
    assert [one.key for one in entry.citations] == ["213-QĐ/TW"]


def test_a_title_alone_will_do():
    assert read("Kết nạp đảng viên".encode()).title == "Kết nạp đảng viên"


def test_a_page_is_read_as_a_page():
    body = "<p>" + "Chi bộ họp bàn việc kết nạp đảng viên mới. " * 12 + "</p>"
    head = "<!doctype html><title>Kết nạp</title><h1>Kết nạp</h1>"
    page = f"{head}<article>{body}</article>"
    entry = read(page.encode())
    assert "Kết nạp" in entry.title
    assert "Chi bộ họp" in entry.text


def test_the_legacy_encoding_of_old_files_is_read():
    assert read("Kết nạp đảng viên".encode("utf-16")).title == "Kết nạp đảng viên"


@pytest.mark.parametrize("body", [b"", b" \n \n", b"\xef\xbb\xbf", b"<html></html>"])
def test_nothing_is_an_error_that_names_the_file(body):
    with pytest.raises(SyndicateError, match=r"tin\.txt"):
        read(body)
