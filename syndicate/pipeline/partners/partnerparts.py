"""Stories as parts of a partner's document: those that publishing keeps, else made."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from syndicate.errors import SyndicateError
from syndicate.model import Rights, Site
from syndicate.pipeline.publishing.parts import items_now
from syndicate.pipeline.publishing.work import Press, Publishing, press
from syndicate.publish.forms.fragments import Form, Fragment, form_key, fragment
from syndicate.publish.forms.item import Item
from syndicate.publish.forms.rendering import render
from syndicate.store import Connection, fragments

Parts = Callable[[Connection, Sequence[int], Form, Rights], Mapping[int, Fragment]]
"""Stories as parts of a document, under a ceiling of rights; those that are told."""
_KEPT = 4096
"""Parts that are kept: most of a document is what it was an hour ago."""
log = logging.getLogger(__name__)


def rendered_parts(work: Publishing, clock: Callable[[], datetime]) -> Parts:
    """Return what gives stories as they may be told when it is asked.

    It never writes: a partner must not wait for who gathers. Raises TemplateError.
    """
    on = press(work, clock())

    def parts(
        connection: Connection, ids: Sequence[int], form: Form, rights: Rights
    ) -> Mapping[int, Fragment]:
        key, look = form_key(form, rights), on.look_of(form)
        stored = fragments.get_many(connection, ids, key, look)
        found = {one: Fragment(*part) for one, part in stored.items()}
        missing = [one for one in ids if one not in found]
        now_on = replace(on, now=clock())
        return found | _made(now_on, connection, missing, form, rights)

    return parts


def _made(
    on: Press,
    connection: Connection,
    ids: Sequence[int],
    form: Form,
    rights: Rights,
) -> dict[int, Fragment]:
    made: dict[int, Fragment] = {}
    for story, item in items_now(on, connection, ids, rights).items():
        try:
            made[story] = _part(form, item, on.work.site)
        except (SyndicateError, ValueError) as error:
            # One story that cannot be rendered must not keep back the others.
            log.error("story %s: %s", item.uid, error)
    return made


@lru_cache(maxsize=_KEPT)
def _part(form: Form, item: Item, site: Site) -> Fragment:
    return fragment(render(form, item, site))
