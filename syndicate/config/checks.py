"""What one table cannot know alone: names that must agree with each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from pydantic import TypeAdapter, ValidationError

from syndicate.categorise.sections import path_key, term_key
from syndicate.config.audience import read_csv
from syndicate.config.environment import Environment
from syndicate.config.form import ConfigForm, SourceForm
from syndicate.config.kinds import WebAddress
from syndicate.config.lines import Path as KeyPath
from syndicate.config.looks import looks
from syndicate.config.mistakes import Mistake, unknown
from syndicate.config.post import DigestForm
from syndicate.config.words import _
from syndicate.digest.addresses import (
    is_loopback,
    mailbox,
    unsubscribe_link,
    writer,
)
from syndicate.errors import ConfigError, MailError

STANDING_FEEDS = (
    *("all", "index", "feeds", "sources", "category", "source", "style"),
    *("document", "documents", "documents-newest", "archive", "story", "day"),
    *("sitemap", "headlines", "widget", "feed", "search", "partner", "hub"),
)
"""Names under feeds/ that are taken."""

SHORTEST_RETENTION = timedelta(days=60)

_WEB_ADDRESS: TypeAdapter[str] = TypeAdapter(WebAddress)


def check(form: ConfigForm, *, folder: Path, environment: Environment) -> list[Mistake]:
    """Find every disagreement between the tables."""
    return [
        *_doubles("source", [source.key for source in form.source]),
        *_doubles("feed", [feed.key for feed in form.feed]),
        *_doubles("digest", [digest.key for digest in form.digest]),
        *_addresses(form, folder),
        *_retention(form),
        *_pace(form),
        *_successors(form),
        *_categories(form),
        *_sections(form),
        *_feeds(form),
        *_digests(form, folder),
        *looks(form),
        *_report(form),
        *_editions(form),
        *_relays(form, environment),
        *_folders(form, folder),
        *_target(form, folder),
    ]


def _doubles(table: str, keys: list[str]) -> Iterator[Mistake]:
    counts = Counter(keys)
    for index, key in enumerate(keys):
        if counts[key] > 1 and keys.index(key) != index:
            yield Mistake(
                (table, index, "key"),
                _(
                    '"{key}" is the key of another [[{table}]] too; choose another'
                ).format(key=key, table=table),
            )


def _addresses(form: ConfigForm, folder: Path) -> Iterator[Mistake]:
    seen: dict[str, str] = {}
    for index, source in enumerate(form.source):
        path: KeyPath = ("source", index, "url")
        if source.url in seen:
            said = _('is the address of source "{key}" too')
            yield Mistake(path, said.format(key=seen[source.url]))
        seen.setdefault(source.url, source.key)
        if said := _wrong_address(source, folder, form.site.base_url):
            yield Mistake(path, said)


def _wrong_address(source: SourceForm, folder: Path, base_url: str) -> str:
    if source.kind == "folder":
        found = (folder / source.url).is_dir()
        return "" if found else _no_folder(folder / source.url)
    try:
        _WEB_ADDRESS.validate_python(source.url)
    except ValidationError as error:
        return str(error.errors()[0]["ctx"]["error"])
    own = f"{base_url.rstrip('/')}/"
    if source.url.startswith(own):
        return _("is an address of this desk; its own feeds are no source")
    return ""


def _retention(form: ConfigForm) -> Iterator[Mistake]:
    """Repeats are looked for so far back; what is purged could not be found."""
    if timedelta(0) < form.store.retention < SHORTEST_RETENTION:
        yield Mistake(("store", "retention"), _("must be at least 60d, or 0s"))


def _pace(form: ConfigForm) -> Iterator[Mistake]:
    """A pause must fit between the shortest and the longest."""
    gather = form.gather
    if gather.floor > gather.ceiling:
        yield Mistake(("gather", "floor"), _("is longer than ceiling"))
    elif not gather.floor <= gather.start <= gather.ceiling:
        yield Mistake(("gather", "start"), _("must lie between floor and ceiling"))


def _successors(form: ConfigForm) -> Iterator[Mistake]:
    keys = [source.key for source in form.source]
    for index, source in enumerate(form.source):
        path: KeyPath = ("source", index, "successor")
        if source.successor and source.successor == source.key:
            yield Mistake(path, _("a source cannot succeed itself"))
        elif source.successor and source.successor not in keys:
            yield unknown(
                path,
                source.successor,
                keys,
                "source",
                _("add {table}").format(table="[[source]]"),
            )


def _categories(form: ConfigForm) -> Iterator[Mistake]:
    for index, source in enumerate(form.source):
        yield from _known(form, ("source", index, "categories"), source.categories)
    for index, feed in enumerate(form.feed):
        yield from _known(form, ("feed", index, "categories"), feed.categories)
    for index, digest in enumerate(form.digest):
        for part, section in enumerate(digest.section):
            path: KeyPath = ("digest", index, "section", part, "categories")
            yield from _known(form, path, section.categories)
    for document, slug in form.categorise.documents.items():
        yield from _known(form, ("categorise", "documents", document), (slug,))


def _sections(form: ConfigForm) -> Iterator[Mistake]:
    """What stands for a category in addresses and feeds must hold something."""
    for slug, category in form.category.items():
        for path in category.paths:
            if "://" in path or path_key(path) == "//":
                said = _('"{path}" is no part of an address; write one like "/y-te/"')
                yield Mistake(("category", slug, "paths"), said.format(path=path))
        for term in category.terms:
            if not term_key(term):
                said = _('"{term}" holds no word; write what a source calls it')
                yield Mistake(("category", slug, "terms"), said.format(term=term))


def _known(form: ConfigForm, path: KeyPath, slugs: Iterable[str]) -> Iterator[Mistake]:
    for slug in slugs:
        if slug not in form.category:
            yield unknown(
                path,
                slug,
                form.category,
                "category",
                _("add {table}").format(table=f"[category.{slug}]"),
            )


def _feeds(form: ConfigForm) -> Iterator[Mistake]:
    keys = [source.key for source in form.source]
    for index, feed in enumerate(form.feed):
        if feed.key in STANDING_FEEDS:
            yield Mistake(
                ("feed", index, "key"),
                _('"{key}" is the name of a standing feed; choose another').format(
                    key=feed.key
                ),
            )
        for key in feed.sources:
            if key not in keys:
                yield unknown(
                    ("feed", index, "sources"),
                    key,
                    keys,
                    "source",
                    _("add {table}").format(table="[[source]]"),
                )


def _digests(form: ConfigForm, folder: Path) -> Iterator[Mistake]:
    if form.digest:
        yield from _mail(form)
    for index, digest in enumerate(form.digest):
        yield from _audience(digest, ("digest", index, "audience_file"), folder)


def _report(form: ConfigForm) -> Iterator[Mistake]:
    """A report needs an address to come from."""
    if form.desk.report_to and not (form.mail.sender or form.site.contact):
        yield Mistake(
            ("desk", "report_to"),
            _("needs a sender: set sender in [mail], or contact in [site]"),
        )


def _mail(form: ConfigForm) -> Iterator[Mistake]:
    """Find what would make every mail of a digest wrong."""
    sender = form.mail.sender or form.site.contact
    if not sender:
        yield Mistake(
            ("mail", "sender"),
            _("is missing; a digest needs an address to come from"),
        )
    elif said := _refusal(writer, sender):
        path: KeyPath = ("mail", "sender") if form.mail.sender else ("site", "contact")
        told = _("cannot be the sender of a digest: {said}")
        yield Mistake(path, told.format(said=said))
    bounces = form.mail.bounce_domain
    if bounces and _refusal(mailbox, f"b@{bounces}", ""):
        yield Mistake(
            ("mail", "bounce_domain"),
            _('"{value}" is not a domain; write one like "bounces.example.org"').format(
                value=bounces
            ),
        )
    yield from _base_url(form)


def _base_url(form: ConfigForm) -> Iterator[Mistake]:
    """One click to leave a digest works with https only (RFC 8058 §3.1)."""
    path, base = ("site", "base_url"), form.site.base_url.rstrip("/")
    parts = urlsplit(base)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        yield Mistake(
            path,
            _(
                "must begin with https:// where there is a digest: mail programs offer "
                "the link to leave it over https only (http://127.0.0.1:8000 will do "
                "to try things out)"
            ),
        )
        return
    longest = max(len(digest.key) for digest in form.digest)
    link = f"{base}/unsubscribe/{'k' * longest}/{'t' * 32}"
    if said := _refusal(unsubscribe_link, link, ""):
        told = _("cannot begin the links in a digest:{said}")
        yield Mistake(path, told.format(said=said[1:]))


def _refusal(check: Callable[..., object], *values: str) -> str:
    """Return what ``check`` has against ``values``, or an empty string."""
    try:
        check(*values)
    except MailError as error:
        return str(error)
    return ""


def _folders(form: ConfigForm, folder: Path) -> Iterator[Mistake]:
    """Documents get a folder of their own: what is not known there may be pruned."""
    feeds = (folder / form.publish.folder).resolve()
    if folder.resolve().is_relative_to(feeds):
        yield Mistake(
            ("publish", "folder"),
            _('holds config.toml; documents need a folder of their own, like "feeds"'),
        )
    templates = form.publish.templates
    if templates and not (folder / templates).is_dir():
        yield Mistake(("publish", "templates"), _no_folder(folder / templates))


def _no_folder(folder: Path) -> str:
    return _('there is no folder "{folder}"').format(folder=folder)


def _editions(form: ConfigForm) -> Iterator[Mistake]:
    """Another cadence has a key made of both: that must not be a digest's own."""
    keys = {digest.key for digest in form.digest}
    slugs = form.category
    for index, digest in enumerate(form.digest):
        for place, cadence in enumerate(digest.offers):
            path: KeyPath = ("digest", index, "offers", place)
            if f"{digest.key}-{cadence}" in keys:
                told = _('there is a digest "{key}" already; rename one of them')
                yield Mistake(path, told.format(key=f"{digest.key}-{cadence}"))
            if cadence == digest.cadence or cadence in digest.offers[:place]:
                yield Mistake(path, _('"{value}" stands twice').format(value=cadence))
        for slug in digest.weights:
            if slug not in slugs:
                where: KeyPath = ("digest", index, "weights", slug)
                yield unknown(where, slug, slugs, "category", "[category.…]")


def _relays(form: ConfigForm, environment: Environment) -> Iterator[Mistake]:
    yield from _doubles("relay", [relay.name for relay in form.mail.relay])
    user = environment.mail_user
    yield from _login(("mail", "url"), form.mail.url, user)
    for index, relay in enumerate(form.mail.relay):
        path: KeyPath = ("mail", "relay", index)
        if relay.name == "main":
            told = _('"main" is the name of url in [mail]; choose another')
            yield Mistake((*path, "name"), told)
        login = dict(environment.relay_users).get(relay.name, "")
        yield from _login((*path, "url"), relay.url, login)


def _login(path: KeyPath, url: str, user: str) -> Iterator[Mistake]:
    """A password must not travel in the clear, except within this machine."""
    parts = urlsplit(url)
    encrypted = parts.scheme != "smtp" or "starttls" in parse_qs(parts.query)
    if user and not (encrypted or is_loopback(parts.hostname or "")):
        yield Mistake(
            path,
            _("would send the password unencrypted; add ?starttls=1 or write smtps://"),
        )


def _target(form: ConfigForm, folder: Path) -> Iterator[Mistake]:
    """A copy of the feeds folder needs another place, and the means to get there."""
    target, path = form.publish.target, ("publish", "target")
    if target.startswith("file://"):
        there = (folder / target.removeprefix("file://")).resolve()
        here = (folder / form.publish.folder).resolve()
        if there.is_relative_to(here) or here.is_relative_to(there):
            yield Mistake(path, _("must be another folder than publish.folder"))
    elif target and find_spec("obstore") is None:
        yield Mistake(path, _('needs the extra "s3": install syndicate[s3]'))


def _audience(digest: DigestForm, path: KeyPath, folder: Path) -> Iterator[Mistake]:
    if not digest.audience_file:
        return
    try:
        read_csv(folder / digest.audience_file)
    except ConfigError as error:
        for said in error.mistakes:
            yield Mistake(path, said)
