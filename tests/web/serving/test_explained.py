"""A feed is drawn by the stylesheet of the folder, and by nothing else."""

from __future__ import annotations

import pytest

from syndicate.web.serving.explained import LARGEST, explain, is_styled_by_us

RSS = '<rss><channel><title>Bản tin "Cửu Hà" &amp; bạn</title></channel></rss>'.encode()
PAGE = '<html lang="vi"><head/><h1><xsl:value-of select="//title"/></h1></html>'


def style(body: str, more: str = "") -> bytes:
    return (
        '<xsl:stylesheet version="1.0" xmlns:exsl="http://exslt.org/common"'
        ' xmlns:xsl="http://www.w3.org/1999/XSL/Transform"'
        f' extension-element-prefixes="exsl">{more}'
        f'<xsl:template match="/">{body}</xsl:template></xsl:stylesheet>'
    ).encode()


@pytest.fixture
def beside(tmp_path):
    """A document and a stylesheet that are nobody's business."""
    (tmp_path / "secret.xml").write_text("<a>secret</a>")
    part = style("<html>secret</html>").replace(b'match="/"', b'name="a"')
    (tmp_path / "secret.xsl").write_bytes(part)
    return tmp_path


def test_a_feed_is_drawn_as_a_page_in_utf_8():
    page = explain(RSS, style(PAGE)).decode()
    assert page.startswith('<html lang="vi">')
    assert '<h1>Bản tin "Cửu Hà" &amp; bạn</h1>' in page


def test_a_page_is_utf_8_whatever_coding_its_stylesheet_wants():
    other = '<xsl:output method="html" encoding="ISO-8859-1"/>'
    page = explain("<a>é</a>".encode(), style(PAGE.replace("//title", "a"), other))
    assert "<h1>é</h1>" in page.decode()


@pytest.mark.parametrize(
    "body",
    [
        "<html><xsl:value-of select=\"document('{}/secret.xml')\"/></html>",
        '<html><xsl:call-template name="a"/></html>',
        '<html>secret<exsl:document href="{}/out.txt">x</exsl:document></html>',
    ],
)
def test_a_stylesheet_reads_and_writes_nothing_else(beside, body):
    include = f'<xsl:include href="{beside}/secret.xsl"/>' if "call" in body else ""
    assert b"secret" not in explain(RSS, style(body.format(beside), include))
    assert not (beside / "out.txt").exists()


def test_no_entity_of_a_feed_is_filled_in(beside):
    entity = f'<!DOCTYPE rss [<!ENTITY a SYSTEM "{beside}/secret.xml">]>'
    feed = entity.encode() + b"<rss><title>&a;</title></rss>"
    assert explain(feed, style(PAGE)) == b""


@pytest.mark.parametrize(
    ("feed", "styled"),
    [
        (b"<rss", style(PAGE)),
        (b"", style(PAGE)),
        (RSS, b"not xml"),
        (RSS, b"<html/>"),
        (RSS, style('<xsl:value-of select="1 +"/>')),
        (RSS, style('<xsl:apply-templates select="/"/>')),
        (RSS, style('<xsl:message terminate="yes">no</xsl:message>')),
    ],
)
def test_what_cannot_be_drawn_is_no_page_and_the_log_says_why(feed, styled, caplog):
    assert explain(feed, styled, "all.atom") == b""
    assert caplog.messages[0].startswith("feed.xsl does not draw 'all.atom': ")


@pytest.mark.parametrize(
    "body",
    ["", "<feed/>", '<html xmlns="http://www.w3.org/1999/xhtml"/>', "only words"],
)
def test_what_is_no_html_is_no_page(body):
    assert explain(RSS, style(body)) == b""


def test_a_feed_without_a_stylesheet_or_too_large_is_not_drawn():
    named = b'<?xml version="1.0"?><?xml-stylesheet href="feed.xsl"?><rss/>'
    assert is_styled_by_us(named)
    assert not is_styled_by_us(b"<rss/>")
    assert not is_styled_by_us(named + b" " * LARGEST)
