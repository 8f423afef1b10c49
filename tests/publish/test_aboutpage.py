"""The page that says what whoever takes our feeds can rely on."""

from __future__ import annotations

import json
from dataclasses import replace

from lxml import html

from syndicate.model import Bond, Feed, Relation
from syndicate.publish.forms.item import items
from syndicate.publish.forms.jsonfeed import ABOUT, json_item
from syndicate.publish.forms.whole import feed_files
from syndicate.publish.html.aboutpage import about_page


def test_every_name_of_our_extension_is_explained(  # noqa: PLR0917 - fixtures
    site, sources, categories, story, stored, entry, house
):
    licensed = replace(
        sources["khoi"], licence="https://creativecommons.org/licenses/by/4.0/"
    )
    other = stored(entry("bao"), 2, bond=Bond(relation=Relation.REPEAT))
    (item,) = items(
        [story(entries=(stored(entry()), other))],
        site=site,
        sources=sources | {"khoi": licensed},
        categories=categories,
    )
    said = json.loads(json_item(item, site))["_syndicate"]
    page = html.fromstring(about_page(site, house).decode())
    named = [each.text for each in page.iterfind(".//tbody//code")]
    assert sorted(named) == sorted(said)


def test_json_feed_names_the_page_that_is_written(site):
    found = feed_files(Feed(key="all", title="x"), (), site=site)["all.json"]
    about = json.loads(found)["_syndicate"]["about"]
    assert about == f"{site.base_url}/feeds/{ABOUT}"
