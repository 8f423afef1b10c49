"""What the documents say is what there is: commands, settings, words, links."""

from __future__ import annotations

import inspect
import json
import re
import shlex
import typing
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import click
import pytest
from pydantic.fields import FieldInfo

from syndicate import cli, model
from syndicate.cli import main
from syndicate.config.environment import VARIABLES
from syndicate.config.form import ConfigForm
from syndicate.config.schema import json_schema
from syndicate.config.table import Table
from syndicate.gather.findings import FindingCode
from syndicate.pipeline.standing import Standing
from syndicate.store.schema import metadata
from tests.misbehaving import markdown

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
)
TOP = {"syndicate", "tests", "docs", "samples", "templates", "bench", "requirements"}
"""Folders of the repository; feeds/ and var/ are made by running."""

by_name = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """Give what stands below a heading, up to the next heading of any level."""
    found = re.search(rf"^#+ {re.escape(heading)}$(.*?)(?=^#|\Z)", text, re.M | re.S)
    assert found, f"no section {heading!r}"
    return found[1]


REFERENCE = text_of("docs/reference.md")


# ── Commands ──


def commands(
    command: click.Command = main, name: str = "syndicate"
) -> Iterator[tuple[str, click.Command]]:
    """Walk the tree of commands: (``syndicate config check``, the command)."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for each in command.list_commands(context):
            found = command.get_command(context, each)
            assert found is not None
            yield from commands(found, f"{name} {each}")


@pytest.mark.parametrize(("name", "command"), [*commands()], ids=str)
def test_every_command_with_all_its_options_is_in_the_reference(
    name: str, command: click.Command
) -> None:
    said = section(REFERENCE, f"`{name}`")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            names = [*parameter.opts, *parameter.secondary_opts]
            missing = [n for n in names if not re.search(rf"`{re.escape(n)}[ `]", said)]
        else:
            missing = [] if (parameter.name or "").upper() in said else [parameter.name]
        assert not missing, f"{name}: {missing} stands nowhere in its section"


def test_the_reference_names_no_command_that_is_not_there() -> None:
    said = set(re.findall(r"^#+ `(syndicate[^`]*)`$", REFERENCE, re.M))
    assert said == {name for name, _ in commands()}


def test_every_exit_code_is_in_the_reference() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "syndicate" / "cli").glob("*.py")
    )
    used = set(re.findall(r"(?:Exit|ctx\.exit)\((\d+)\)", sources))
    told = set(re.findall(r"\b(\d) \w", (cli.__doc__ or "").partition("codes:")[2]))
    documented = set(
        re.findall(r"^\| (\d+) \|", section(REFERENCE, "Exit codes"), re.M)
    )
    assert {"0", "1", "2", "3", "4"} <= told
    assert used | told <= documented


def shown_commands() -> Iterator[tuple[str, str]]:
    """Every ``syndicate …`` that a document tells its reader to type."""
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.M | re.S)
        typed = [line for block in blocks for line in joined(block).splitlines()]
        typed += re.findall(r"(?<!`)`(syndicate [a-z][^`\n]*)`(?!`)", text)
        for line in typed:
            found = re.match(
                r"(?:\$ |ExecStart=)?(?:[A-Z_]+=\S+ )*(?:\S*/)?"
                r"(?:python -m )?syndicate (?![/(])(.*)",
                line,
            )
            if found:
                words = re.sub(r"\$\([^)]*\)", "X", found[1])
                yield path.name, re.split(r" *[|;>#&]", words)[0]


def joined(block: str) -> str:
    return re.sub(r" *\\\n *", " ", block)


@pytest.mark.parametrize(("document", "words"), sorted(set(shown_commands())))
def test_every_command_that_a_document_shows_can_be_typed(
    document: str, words: str
) -> None:
    command: click.Command = main
    rest = shlex.split(words)
    while rest:
        if rest[0] in ("-c", "--config") and command is main:
            rest = rest[2:]
        elif isinstance(command, click.Group) and not rest[0].startswith("-"):
            found = command.get_command(click.Context(command), rest.pop(0))
            assert found is not None, f"{document}: there is no `syndicate {words}`"
            command = found
        else:
            break
    known = {name for option in command.params for name in option.opts}
    used = {word.partition("=")[0] for word in rest if word.startswith("-")}
    assert used <= known | {"-h", "--help"}, f"{document}: `syndicate {words}`"


def test_commands_are_found_in_the_documents_at_all() -> None:
    assert len(set(shown_commands())) > 30


# ── Settings ──


def tables(
    form: type[Table] = ConfigForm, prefix: str = ""
) -> Iterator[tuple[str, type[Table]]]:
    """Walk the form: (heading as TOML writes it, its table)."""
    for name, field in form.model_fields.items():
        inner, opened, closed = nested(field)
        if inner:
            key = f"{prefix}{name}" + (".SLUG" if opened == "[" and closed else "")
            yield (f"[[{key}]]" if opened == "[[" else f"[{key}]"), inner
            yield from tables(inner, f"{prefix}{name}.")


def nested(field: FieldInfo) -> tuple[type[Table] | None, str, bool]:
    """Find the table in a field, how its heading opens, and whether it has a slug."""
    annotation = field.annotation
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    found = [
        each
        for each in (annotation, *arguments)
        if inspect.isclass(each) and issubclass(each, Table)
    ]
    if not found:
        return None, "", False
    return found[0], "[[" if origin is tuple else "[", origin is dict


def default(field: FieldInfo) -> str:
    """Write a default as it would stand in config.toml."""
    value = field.default
    if field.is_required():
        return "required"
    if isinstance(value, Table):
        return "its own"
    if type(value) is int and value >= 1_000_000:  # only sizes are that large
        value = f"{value // 1_000_000}MB"
    return f"`{json.dumps(value, default=lasting)}`"


def lasting(duration: timedelta) -> str:
    seconds = int(duration.total_seconds())
    units = (("d", 86_400), ("h", 3_600), ("m", 60))
    fitting = (
        f"{seconds // size}{unit}"
        for unit, size in units
        if seconds and not seconds % size
    )
    return next(fitting, f"{seconds}s")


def meaning(field: FieldInfo) -> str:
    return " ".join((field.description or "").replace("``", "`").split())


@pytest.mark.parametrize(("heading", "form"), [*tables()], ids=str)
def test_every_setting_is_in_the_reference_with_its_default_and_meaning(
    heading: str, form: type[Table]
) -> None:
    said = section(REFERENCE, f"`{heading}`")
    for name, field in form.model_fields.items():
        row = (f"| `{name}` |", f"| {default(field)} | {meaning(field)} |")
        pattern = f"^{re.escape(row[0])} [^|]+ {re.escape(row[1])}$"
        assert re.search(pattern, said, re.M), f"{heading}: write {'…'.join(row)}"
    listed = re.findall(r"^\| `", said.partition("| key | type |")[2], re.M)
    assert len(listed) == len(form.model_fields)


def test_all_tables_of_the_form_are_walked() -> None:
    walked = dict(tables())
    assert {"[site]", "[[source]]", "[source.selectors]", "[category.SLUG]"} <= set(
        walked
    )
    assert len(walked) == json_schema().count('"additionalProperties": false') - 1


def test_every_environment_variable_is_in_the_reference() -> None:
    said = section(REFERENCE, "Environment")
    for name, what in VARIABLES.items():
        assert f"| `{name}` | {what}" in said


def test_the_schema_for_editors_is_that_of_the_form() -> None:
    """``make schema`` writes it."""
    assert text_of("docs/config.schema.json") == json_schema()


def test_every_table_of_the_database_is_in_the_reference() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", section(REFERENCE, "Database"), re.M)
    assert set(listed) == set(metadata.tables)


def test_every_header_of_a_mail_is_in_the_reference() -> None:
    source = text_of("syndicate/digest/writing/message.py")
    written = set(re.findall(r"(?:structured|header)\(\s*\"([\w-]+)\"", source))
    of_mime = {"MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
    assert len(written) > 10
    said = section(REFERENCE, "Mail")
    assert [name for name in written - of_mime if f"`{name}`" not in said] == []


def test_the_reference_shows_every_way_to_misbehave() -> None:
    """``python -m tests.misbehaving`` writes the table."""
    assert markdown() in REFERENCE


@pytest.mark.parametrize(
    ("heading", "codes"),
    [
        ("How a source stands", model.SourceStatus),
        ("Findings", FindingCode),
        ("Why a source is asked when it is", model.ReasonCode),
        ("Hubs", model.PushState),
    ],
)
def test_every_code_is_in_the_reference_and_no_other(
    heading: str, codes: type[StrEnum]
) -> None:
    listed = re.findall(r"^\| `([\w-]+)` \|", section(REFERENCE, heading), re.M)
    assert sorted(listed) == sorted(codes)


def test_every_key_of_health_is_in_the_reference() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    standing = Standing(at=now, sources=(), entries=0, issues=(), statuses={})
    said = section(REFERENCE, "The JSON of status and health")
    listed = re.findall(r"^\| `(\w+)` \|", said, re.M)
    assert sorted(listed) == sorted(
        [*standing.as_json(), "desk", "findings", "hub", "partners", "traffic"]
    )


def test_every_test_that_the_reference_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", REFERENCE))
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 100
    assert named <= written


# ── Words ──


def test_every_noun_of_the_model_is_in_the_glossary_once() -> None:
    nouns = {
        name
        for name, found in inspect.getmembers(model, inspect.isclass)
        if found.__module__.startswith(f"{model.__name__}.")
    }
    assert len(nouns) > 50
    listed = Counter(
        re.findall(r"^\| \*\*(\w+)\*\* \|", text_of("docs/glossary.md"), re.M)
    )
    assert nouns - set(listed) == set()
    assert [name for name, count in listed.items() if count > 1] == []


def test_the_readme_names_the_two_commands() -> None:
    said = text_of("README.md")
    assert "make run" in said
    assert "make test" in said


# ── Links and paths ──


def anchor(heading: str) -> str:
    """Make the anchor of a heading as the usual renderers do."""
    plain = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return plain.strip().replace(" ", "-")


@by_name
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        path, _, fragment = target.partition("#")
        file = document.parent / path if path else document
        assert file.exists(), f"{document.name}: {target}"
        if fragment:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.M)
            assert fragment in set(map(anchor, headings)), f"{document.name}: {target}"


@by_name
def test_every_path_that_is_named_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for word in re.findall(r"`(\.?[\w.-]+/[\w./*-]*)`", text):
        if word.split("/")[0] in TOP | {".ci"}:
            found = list(ROOT.glob(word.rstrip("/")))
            assert found, f"{document.name}: `{word}` is not there"


@by_name
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.M))
    text = document.read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)
    named = re.findall(r"^(?:\$ )?make ([a-z]+)", "\n".join(blocks), re.M)
    named += re.findall(r"`make ([a-z]+)", text)
    assert set(named) <= targets


@by_name
def test_pictures_are_small(document: Path) -> None:
    for target in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", document.read_text("utf-8")):
        assert (document.parent / target).stat().st_size < 300_000
