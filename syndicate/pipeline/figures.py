"""A week in figures, as sentences: what was gathered, and how hosts were treated."""

from __future__ import annotations

from collections.abc import Sequence
from gettext import NullTranslations

from syndicate.store.facts import Gathered
from syndicate.store.traffic import HostTraffic


def week(gathered: Gathered, catalogue: NullTranslations) -> str:
    """Say how much was gathered."""
    ngettext = catalogue.ngettext
    if not gathered.entries:
        return catalogue.gettext("No article was gathered this week.")
    entries = ngettext("{n} article", "{n} articles", gathered.entries)
    repeats = ngettext("{n} a repeat", "{n} repeats", gathered.repeats)
    by = ngettext("from {n} source", "from {n} sources", len(gathered.by_source))
    return catalogue.gettext("Gathered this week: {entries} {by}, {repeats}.").format(
        entries=entries.format(n=gathered.entries),
        by=by.format(n=len(gathered.by_source)),
        repeats=repeats.format(n=gathered.repeats),
    )


def manners(traffic: Sequence[HostTraffic], catalogue: NullTranslations) -> str:
    """Say how much was asked of hosts; empty if nothing was."""
    requests = sum(one.requests for one in traffic)
    if not requests:
        return ""
    spared = sum(one.not_modified for one in traffic)
    said = catalogue.ngettext(
        "{n} request to {hosts}; {share} were answered “not modified” (304).",
        "{n} requests to {hosts}; {share} were answered “not modified” (304).",
        requests,
    )
    hosts = catalogue.ngettext("{n} host", "{n} hosts", len(traffic))
    return said.format(
        n=requests, hosts=hosts.format(n=len(traffic)), share=share(spared, requests)
    )


def share(part: int, whole: int) -> str:
    """Say a part as "45 %"; of nothing, a dash."""
    return f"{100 * part / whole:.0f}\u00a0%" if whole else "–"
