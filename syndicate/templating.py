"""The one door of Jinja2: templates, their filters, and what goes wrong in them.

A site's own folder comes before the built-in one, template by template. Templates
run in a sandbox, because a site's editor is not the site's programmer.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, select_autoescape
from jinja2 import TemplateError as JinjaError
from jinja2.exceptions import TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from syndicate.errors import TemplateError
from syndicate.translate import day, moment, translation

# A number such as 213-QĐ/TW, 98/2014/NĐ-CP, 22 – NQ/TW. What it takes for one by
# mistake is short and stays on its line, which does no harm.
_DOCUMENT = re.compile(
    r"(?<![\w/.-])\d{1,5}[a-zA-Z]?(?:/\d{4})? ?[-–‐‑/] ?"
    r"[A-ZĐ][\w&]{0,9}(?: ?[-–‐‑/] ?[A-ZĐ][\w&]{0,9}){0,3}"
)
_KEPT = Markup('<span style="white-space:nowrap">{}</span>')
_ESCAPED = ("html", "htm", "xml", "xsl", "svg")


@dataclass(frozen=True, slots=True)
class Templates:
    """Templates in one language and time zone."""

    language: str
    zone: str
    _environment: ImmutableSandboxedEnvironment

    def render(self, name: str, /, **values: object) -> str:
        """Render the template ``name`` (``mail/issue.html``).

        Raises :class:`~syndicate.errors.TemplateError`, which names template, line
        and cause, for whatever goes wrong; a value that is missing is an error too.
        """
        try:
            return self._environment.get_template(name).render(values)
        except TemplateNotFound as error:
            raise TemplateError(f"{error.name or name}: no such template") from error
        except TemplateSyntaxError as error:
            where = f"{error.name or name}, line {error.lineno}"
            raise TemplateError(f"{where}: {error.message}") from error
        except Exception as error:  # a template can raise anything
            raise TemplateError(f"{_place(error, name)}: {_cause(error)}") from error

    def fingerprint(self, start: str) -> str:
        """Stand for the templates whose names begin so: two that differ differ here."""
        loader, environment = self._environment.loader, self._environment
        if loader is None:
            return ""
        names = [name for name in loader.list_templates() if name.startswith(start)]
        found = [loader.get_source(environment, name)[0] for name in sorted(names)]
        known = str(environment.globals.get("has_issues"))
        told = "\0".join((self.language, self.zone, known, *names, *found))
        return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()


def builtin_folder() -> Path:
    """Return the folder of our own templates, in a checkout or in the wheel."""
    package = Path(__file__).resolve().parent
    shipped = package / "templates"
    return shipped if shipped.is_dir() else package.parent / "templates"


def templates(
    folders: Sequence[Path] = (),
    *,
    language: str,
    zone: str = "UTC",
    has_issues: bool = False,
) -> Templates:
    """Make templates of ``folders``, the first that has a name winning.

    The built-in folder is always there, last; a folder that is missing is skipped.
    ``has_issues`` is for pages, which then lead to the issues of digests.
    """
    searched = [*folders, builtin_folder()]
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(searched),
        autoescape=select_autoescape(_ESCAPED, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    # The extension adds this method when it is made; the stubs do not know it.
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        translation(language), newstyle=True
    )
    environment.filters.update(_filters(language, zone))
    environment.globals |= {"language": language, "has_issues": has_issues}
    return Templates(language, zone, environment)


def _filters(language: str, zone: str) -> dict[str, Callable[..., str]]:
    return {
        "day": partial(day, language=language, zone=zone),
        "moment": partial(moment, language=language, zone=zone),
        "nobreak_documents": nobreak_documents,
        "wrapped": wrapped,
    }


def nobreak_documents(text: str) -> Markup:
    """Return HTML of ``text`` in which no document number breaks across lines.

    The style stands in the element, so that it also holds in mail.
    """
    parts: list[Markup] = []
    end = 0
    for match in _DOCUMENT.finditer(text):
        parts += [escape(text[end : match.start()]), _KEPT.format(match.group())]
        end = match.end()
    return Markup().join([*parts, escape(text[end:])])


def wrapped(text: str, indent: str = "", first: str | None = None) -> str:
    """Return ``text`` in lines of at most 76 columns, where its words allow that.

    Neither addresses nor document numbers are ever cut. No U+2060 is put into the
    numbers: a reader who copies one must find the document with it.
    """
    glued = _DOCUMENT.sub(lambda match: match.group().replace(" ", "\x00"), text)
    lines = textwrap.wrap(
        glued,
        width=76,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace("\x00", " ")


def _place(error: Exception, name: str) -> str:
    """Find the innermost template line of a traceback, which Jinja has rewritten."""
    found = name
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not file.endswith(".py") and not file.startswith("<frozen"):
            found = f"{_short(file, name)}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return found


def _short(file: str, name: str) -> str:
    """Return the template's own name: the last folder and the file."""
    path = Path(file)
    return name if file == "<template>" else f"{path.parent.name}/{path.name}"


def _cause(error: Exception) -> str:
    if isinstance(error, JinjaError):
        return error.message or type(error).__name__
    return f"{type(error).__name__}: {error}"
