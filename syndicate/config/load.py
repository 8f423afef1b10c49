"""config.toml + environment → Settings."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from syndicate.config.checks import check
from syndicate.config.environment import SECRET, Environment
from syndicate.config.form import (
    ConfigForm,
    DeskForm,
    FeedForm,
    GatherForm,
    PublishForm,
    SourceForm,
)
from syndicate.config.kinds import split_schedule
from syndicate.config.lines import line_numbers, line_of
from syndicate.config.mailing import digest, mail
from syndicate.config.mending import mended
from syndicate.config.mistakes import Mistake, from_validation, written
from syndicate.config.settings import (
    DeskSettings,
    GatherSettings,
    MembersSettings,
    PublishSettings,
    Settings,
    StorySettings,
    WebSettings,
)
from syndicate.config.topics import CategoriseForm
from syndicate.config.words import _
from syndicate.errors import ConfigError
from syndicate.gather.limits import Limits, Pace, Reading
from syndicate.model import (
    Category,
    Feed,
    FeedOrder,
    Rights,
    Scoring,
    Selectors,
    Site,
    Source,
    SourceKind,
)
from syndicate.text.urls import host


def load(path: Path, environment: Environment) -> Settings:
    """Read and check the settings.

    Raises ConfigError with every mistake, each as
    ``config.toml:LINE: key: what is wrong, what would be right``.
    """
    folder = path.resolve().parent
    text = _read(path)
    document = _toml(text, path)
    form, mistakes = _form(document)
    whole = form or mended(document)
    if whole is not None:
        told = {mistake.path for mistake in mistakes}
        found = check(whole, folder=folder, environment=environment)
        mistakes += [mistake for mistake in found if mistake.path not in told]
    said = _said(path, text, mistakes)
    if environment.secret and len(environment.secret) < 32:
        said = (*said, f"{SECRET}: " + _("is shorter than 32 characters"))
    if form is None or said:
        raise ConfigError(said)
    return _settings(form, folder, environment)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            (
                _("{path}: there is no such file; `syndicate init` writes one").format(
                    path=path
                ),
            )
        ) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(
            (f"{path.name}:{line}: " + _("is not UTF-8; save it in that encoding"),)
        ) from None
    except OSError as error:
        told = _("cannot be read: {why}").format(why=error.strerror)
        raise ConfigError((f"{path}: {told}",)) from None


def _toml(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"at line (\d+), column (\d+)", str(error))
        line = int(where[1]) if where else text.count("\n") + 1
        said = re.sub(r"\s*\(at .*\)$", "", str(error))
        told = _("is not TOML: {said}").format(said=said)
        raise ConfigError((f"{path.name}:{line}: {told}",)) from None


def _form(document: dict[str, Any]) -> tuple[ConfigForm | None, list[Mistake]]:
    try:
        return ConfigForm.model_validate(document), []
    except ValidationError as error:
        return None, from_validation(error)


def _said(path: Path, text: str, mistakes: list[Mistake]) -> tuple[str, ...]:
    if not mistakes:  # finding lines costs as much as reading the file
        return ()
    lines = line_numbers(text)
    placed = sorted(
        (line_of(mistake.path, lines), written(mistake.path), mistake.text)
        for mistake in mistakes
    )
    return tuple(f"{path.name}:{line}: {key}: {said}" for line, key, said in placed)


def _settings(form: ConfigForm, folder: Path, environment: Environment) -> Settings:
    site = _site(form)
    templates = form.publish.templates
    return Settings(
        folder=folder,
        site=site,
        store_url=environment.database_url or _store_url(form.store.url, folder),
        publish=_publish(form.publish, folder),
        templates_folder=folder / templates if templates else None,
        gather=_gather(form.gather, folder),
        sources=tuple(_source(source, site, folder) for source in form.source),
        stories=StorySettings(**dict(form.stories)),
        scoring=_scoring(form.categorise),
        categories=tuple(
            Category(slug=slug, **dict(category))
            for slug, category in form.category.items()
        ),
        feeds=tuple(_feed(feed) for feed in form.feed),
        digests=tuple(digest(one, form, folder) for one in form.digest),
        mail=mail(form, environment, folder),
        members=MembersSettings(**dict(form.members)),
        desk=_desk(form.desk, site),
        web=WebSettings(**dict(form.web)),
        retention=form.store.retention,
        secret=environment.secret,
    )


def _site(config: ConfigForm) -> Site:
    form, signup = config.site, any(one.signup for one in config.digest)
    base = form.base_url.rstrip("/")
    authority = form.id_authority or f"{host(base).partition(':')[0]},2026"
    made = {"base_url": base, "id_authority": authority, "signup": signup}
    return Site(**{**dict(form), **made})


def _store_url(url: str, folder: Path) -> str:
    """Let a relative SQLite path start at the folder of config.toml."""
    prefix = "sqlite:///"
    if not url.startswith(prefix):
        return url
    return f"{prefix}{folder / url.removeprefix(prefix)}"


def _desk(form: DeskForm, site: Site) -> DeskSettings:
    weekday, hour, minute = split_schedule(form.report_at)
    return DeskSettings(
        report_to=form.report_to,
        weekday=weekday,
        hour=hour,
        minute=minute,
        language=form.language or site.language,
    )


def _gather(form: GatherForm, folder: Path) -> GatherSettings:
    return GatherSettings(
        limits=Limits(
            connect=form.connect_timeout.total_seconds(),
            read=form.read_timeout.total_seconds(),
            total=form.total_timeout.total_seconds(),
            wire=form.max_wire,
            unpacked=form.max_unpacked,
            bodies=form.max_bodies,
            redirects=form.max_redirects,
            gap=form.gap.total_seconds(),
            parallel=form.parallel,
            patience=form.patience.total_seconds(),
            max_wait=form.max_wait.total_seconds(),
        ),
        allow=form.allow,
        recheck=form.recheck,
        backlog_after=form.backlog_after,
        robots=form.robots,
        pace=Pace(
            start=form.start,
            floor=form.floor,
            ceiling=form.ceiling,
            jitter=form.jitter,
            full_every=form.full_every,
            adopt_after=form.adopt_after,
        ),
        reading=Reading(
            workers=form.workers,
            seconds=form.parse_timeout.total_seconds(),
            memory=form.parse_memory,
            items=form.max_items,
        ),
        push=form.push,
        keep_raw=folder / form.keep_raw if form.keep_raw else None,
        keep_raw_max=form.keep_raw_max,
    )


def _source(form: SourceForm, site: Site, folder: Path) -> Source:
    values = dict(form)
    values["kind"] = SourceKind(form.kind)
    values["rights"] = Rights(form.rights)
    values["timezone"] = form.timezone or site.timezone
    values["selectors"] = Selectors(**dict(form.selectors))
    if values["kind"] is SourceKind.FOLDER:
        values["url"] = str(folder / form.url)
    return Source(**values)


def _feed(form: FeedForm) -> Feed:
    values = dict(form)
    values["rights"] = Rights(form.rights)
    values["order"] = FeedOrder(form.order)
    return Feed(**values)


def _publish(form: PublishForm, folder: Path) -> PublishSettings:
    target, local = form.target, "file://"
    if target.startswith(local):
        target = f"{local}{folder / target.removeprefix(local)}"
    return PublishSettings(
        folder=folder / form.folder,
        documents_from=form.documents_from,
        rights=Rights(form.rights),
        packed=form.packed,
        target=target,
        hub=form.hub,
        hubs=form.hubs,
    )


def _scoring(form: CategoriseForm) -> Scoring:
    return Scoring(**{**dict(form), "documents": tuple(form.documents.items())})
