"""A story as its part of a document."""

from __future__ import annotations

import pytest

from syndicate.publish.forms.fragments import Form
from syndicate.publish.forms.item import items
from syndicate.publish.forms.rendering import render
from syndicate.publish.forms.whole import FORMS


@pytest.mark.parametrize("form", FORMS)
def test_a_part_stands_on_a_line_of_its_own(  # noqa: PLR0917 - fixtures and cases
    site, sources, categories, story, stored, entry, form
):
    html = "<pre>một\nhai\u2028ba</pre>"
    told = story(entries=(stored(entry(html=html, title="a\nb")),))
    (item,) = items([told], site=site, sources=sources, categories=categories)
    part = render(form, item, site)
    opened = {Form.RSS: b"<item>", Form.ATOM: b"<entry ", Form.JSON: b'{"id": '}
    assert part.startswith(opened[form])
    assert part.endswith(b"}" if form is Form.JSON else b">\n")
    assert part.count(b"\n" + opened[form]) == 0


def test_pages_are_rendered_elsewhere(site, sources, categories, story):
    (item,) = items([story()], site=site, sources=sources, categories=categories)
    with pytest.raises(ValueError, match="html"):
        render(Form.HTML, item, site)
