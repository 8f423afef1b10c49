"""What pages say for machines is read in every shape that sites write it."""

from __future__ import annotations

import json

import pytest

from syndicate.gather.metadata import read_metadata
from syndicate.gather.page import parse_page

URL = "http://tin.example/bai/17"
DATE = "2026-10-05T08:30:00+07:00"
ARTICLE = {
    "@type": "NewsArticle",
    "headline": "Khánh thành cầu qua rạch Dừa",
    "datePublished": DATE,
    "author": {"@type": "Person", "name": "Mai Đông"},
}
PERSON = {"@id": "#mai", "@type": "Person", "name": "Mai Đông"}


def read(*scripts, head=""):
    inside = "".join(
        f"<script type='application/ld+json'>{each}</script>" for each in scripts
    )
    page = f"<html><head>{head}{inside}</head><body><p>x</p></body></html>"
    return read_metadata(parse_page(page.encode(), url=URL), URL)


SHAPES = {
    "an object": json.dumps(ARTICLE),
    "a list": json.dumps([{"@type": "Organization"}, ARTICLE]),
    "a graph": json.dumps({"@graph": [{"@type": "WebSite"}, ARTICLE]}),
    "a page about it": json.dumps({"@type": "WebPage", "mainEntity": ARTICLE}),
    "a list of types": json.dumps(
        {**ARTICLE, "@type": ["Thing", "ReportageNewsArticle"]}
    ),
    "authors by reference": json.dumps(
        {"@graph": [PERSON, {**ARTICLE, "author": {"@id": "#mai"}}]}
    ),
    "a list of references": json.dumps(
        {"@graph": [{**ARTICLE, "author": [{"@id": "#mai"}]}, PERSON]}
    ),
    "an author in text": json.dumps({**ARTICLE, "author": "Mai Đông"}),
    "values in lists": json.dumps({**ARTICLE, "datePublished": [DATE]}),
    "values as objects": json.dumps({**ARTICLE, "datePublished": {"@value": DATE}}),
    "a comma too many": json.dumps(ARTICLE)[:-1] + ",}",
    "in a comment": f"<!-- {json.dumps(ARTICLE)} -->",
    "in a section": f"//<![CDATA[\n{json.dumps(ARTICLE)}\n//]]>",
    "with a line end inside": json.dumps(ARTICLE).replace("qua rạch", "qua\nrạch"),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_schema_org_is_read_in_every_shape(shape):
    found = read(shape)
    assert found.published == (DATE,)
    assert found.authors == ("Mai Đông",)
    assert found.title == "Khánh thành cầu qua rạch Dừa"


def test_a_page_with_a_date_stands_in_for_an_article_that_is_not_described():
    assert read(json.dumps({"@type": "WebPage", "datePublished": DATE})).published


@pytest.mark.parametrize("broken", ["{", "[" * 100_000, "null", '"x"', "{}", "[[[]]]"])
def test_broken_data_for_machines_says_nothing(broken):
    assert read(broken).published == ()


def test_several_dates_are_all_kept_in_the_order_of_trust():
    head = (
        "<meta property='article:published_time' content='2026-10-06'>"
        "<meta name='DC.date.issued' content='2026-10-07'>"
    )
    assert read(json.dumps(ARTICLE), head=head).published == (
        DATE,
        "2026-10-06",
        "2026-10-07",
    )
