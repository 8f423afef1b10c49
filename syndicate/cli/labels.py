"""What labelling works with, put together from the settings; its refusals in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from syndicate.cli.bonds import trouble_said
from syndicate.cli.parts import Parts
from syndicate.cli.words import _
from syndicate.errors import SyndicateError
from syndicate.pipeline.labelling import (
    Labelling,
    NothingToUndoError,
    UnknownCategoryError,
)
from syndicate.pipeline.referring import RefusedError


def labelling(desk: Parts) -> Labelling:
    """Put together what deciding works with."""
    return Labelling(database=desk.database, desk=desk.filing(), teacher=desk.taught)


@contextmanager
def plainly() -> Iterator[None]:
    """Say what is refused in the language of whoever asked."""
    try:
        yield
    except UnknownCategoryError as refused:
        said = _('"{slug}" is not a category; known: {known}')
        known = ", ".join(refused.known) or "–"
        raise SyndicateError(said.format(slug=refused.slug, known=known)) from None
    except NothingToUndoError as refused:
        if refused.number is None:
            raise SyndicateError(_("there is no decision to take back")) from None
        said = _("there is no decision {n}")
        raise SyndicateError(said.format(n=refused.number)) from None
    except RefusedError as refused:
        raise SyndicateError(trouble_said(refused)) from None
