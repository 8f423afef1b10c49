"""Media types of files."""

from __future__ import annotations

import pytest

from syndicate.publish.forms.filetypes import file_type, picture_type


@pytest.mark.parametrize(
    ("claim", "url", "said"),
    [
        ("audio/mpeg", "https://a.example/x", "audio/mpeg"),
        ("Audio/MPEG; q=1", "https://a.example/x", "audio/mpeg"),
        ("", "https://a.example/x.pdf?y=1.mp3", "application/pdf"),
        ("âm thanh", "https://a.example/x.MP3", "audio/mpeg"),
        ("application/octet-stream", "https://a.example/x.pdf", "application/pdf"),
        ("text/html", "https://a.example/x.pdf", "text/html"),
        ("", "https://a.example/pdf", "application/octet-stream"),
        ("", "https://a.example/", "application/octet-stream"),
        ("a/b/c", "https://a.example/x.y/z", "application/octet-stream"),
    ],
)
def test_a_file_is_of_the_type_it_claims_or_is_named_after(claim, url, said):
    assert file_type(claim, url) == said


def test_a_picture_is_of_the_type_it_is_named_after():
    assert picture_type("https://a.example/x.JPG?w=1") == "image/jpeg"
    assert picture_type("https://a.example/jpg") == ""
    assert picture_type("https://a.example/x.php") == ""
