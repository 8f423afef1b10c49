"""The page that says what whoever takes our feeds can rely on (pure).

JSON Feed asks whoever extends it for the address of an explanation: it is this page.
"""

from __future__ import annotations

from syndicate.model import Site
from syndicate.publish.forms.addresses import home, public
from syndicate.publish.forms.jsonfeed import ABOUT
from syndicate.publish.html.pages import page
from syndicate.templating import Templates
from syndicate.translate import translation


def about_page(site: Site, templates: Templates) -> bytes:
    """Write the page. Raises TemplateError."""
    return page(
        templates,
        "web/about.html",
        site=site,
        up="",
        here=public(site, ABOUT),
        home=home(site),
        fields=_fields(site),
    )


def _fields(site: Site) -> list[tuple[str, str]]:
    """Name what ``_syndicate`` holds, and say what it means."""
    _ = translation(site.language).gettext
    return [
        ("page", _("Our page of the story.")),
        (
            "rights",
            _("How much is passed on: link (title), extract (also the lead), full."),
        ),
        (
            "licence",
            _("What the source says of its rights: text, and url of a licence."),
        ),
        (
            "source",
            _("Where the story comes from: key, title, home_page_url, feed_url."),
        ),
        (
            "tellers",
            _(
                "Who else tells it: source, title, url, relation (via: we had it from "
                "there first; related)."
            ),
        ),
        ("documents", _("Numbers of the official documents that it cites.")),
        ("categories", _("ASCII names of its tags, in their order.")),
        ("caption", _("Caption of its image.")),
        (
            "precision",
            _("How exactly date_published is known: second, minute, hour, day."),
        ),
    ]
