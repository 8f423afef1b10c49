from __future__ import annotations

import ast
import io
import string
from datetime import UTC, datetime, timedelta
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from syndicate.model import Dated, DateOrigin, Precision
from syndicate.translate import FOLDER, day, moment, period, translation

ROOT = Path(__file__).resolve().parents[1]
ZONE = "Asia/Ho_Chi_Minh"
PO = FOLDER / "vi" / "LC_MESSAGES" / "syndicate.po"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def dated(value: datetime, precision: Precision) -> Dated:
    return Dated(value=value, precision=precision, origin=DateOrigin.META, raw="")


def messages(compiled: bytes) -> dict[object, object]:
    """Read a compiled catalogue; its header holds dates and is left out."""
    read = dict(GNUTranslations(io.BytesIO(compiled))._catalog)  # type: ignore[attr-defined]
    del read[""]
    return read


def test_the_compiled_catalogue_is_fresh() -> None:
    with PO.open("rb") as stream:
        catalogue = read_po(stream, locale="vi")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    committed = messages(PO.with_suffix(".mo").read_bytes())
    assert messages(compiled.getvalue()) == committed, "run `make messages`"


def strings(message: Message) -> tuple[str, ...]:
    """Return what a message is translated to, every plural form of it."""
    told = message.string or ""
    return (told,) if isinstance(told, str) else tuple(told)


def test_every_message_of_code_and_templates_is_in_vietnamese() -> None:
    with (ROOT / "babel.cfg").open(encoding="utf-8") as stream:
        methods, options = parse_mapping_cfg(  # type: ignore[no-untyped-call]  # Babel's
            stream
        )
    used: set[str] = set()
    for folder in ("syndicate", "templates"):
        found = extract_from_dir(
            str(ROOT), [(p, m) for p, m in methods if p.startswith(folder)], options
        )
        used |= {m if isinstance(m, str) else m[0] for _f, _l, m, _c, _x in found}
    with PO.open("rb") as stream:
        catalogue = read_po(stream, locale="vi")
    told = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id and all(strings(message))
    }
    assert len(used) > 30
    assert sorted(used - told) == []


def test_no_message_hides_inside_an_f_string() -> None:
    """Babel looks into them from Python 3.12 on only: such a message stays English."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / "syndicate").rglob("*.py"))
        for whole in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(whole, ast.JoinedStr)
        for call in ast.walk(whole)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in ("_", "gettext", "ngettext")
        and isinstance(call.args[0], ast.Constant)
    ]
    assert hidden == []


def test_a_translation_fills_the_same_places_as_the_english() -> None:
    extra = {"dd", "mm", "first_dd", "first_mm", "first_year", "year"}
    with PO.open("rb") as stream:
        catalogue = read_po(stream, locale="vi")
    for message in catalogue:
        if not message.id:
            continue
        english = message.id if isinstance(message.id, str) else message.id[-1]
        told = strings(message)[0]
        if "python-brace-format" in message.flags:
            fields = {name for _t, name, _s, _c in string.Formatter().parse(told)}
            wanted = {name for _t, name, _s, _c in string.Formatter().parse(english)}
            assert fields - wanted - extra - {None} == set(), english


def test_a_language_without_a_catalogue_gets_english() -> None:
    for language in ("en", "de", "", "../vi", "x-klingon"):
        assert translation(language).gettext("Unsubscribe") == "Unsubscribe"


@pytest.mark.parametrize("tag", ["vi", "vi-VN", "VI", "vi_VN"])
def test_a_regional_tag_is_served_by_its_language(tag: str) -> None:
    assert translation(tag).gettext("Unsubscribe") == "Hủy nhận tin"


def test_a_day_is_said_as_readers_expect_it() -> None:
    when = utc(2022, 3, 18, 8)
    assert day(when, language="vi", zone=ZONE) == "Thứ Sáu, ngày 18/3/2022"
    assert day(when, language="en", zone=ZONE) == "Friday, 18 March 2022"
    assert day(None, language="vi", zone=ZONE) == "không rõ ngày đăng"
    assert day(None, language="en", zone=ZONE) == "date unknown"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (utc(2016, 2, 23, 1), "23/02/2016"),
        (utc(2020, 6, 4, 1), "04/6/2020"),
        (utc(2023, 10, 14, 1), "14/10/2023"),
    ],
)
def test_small_figures_have_the_zero_of_official_style(
    value: datetime, written: str
) -> None:
    assert moment(dated(value, Precision.DAY), language="vi", zone=ZONE) == written


def test_a_moment_is_as_exact_as_it_is_known() -> None:
    value = utc(2022, 3, 18, 8)
    said = {
        precision: moment(dated(value, precision), language="vi", zone=ZONE)
        for precision in Precision
    }
    assert said == {
        Precision.SECOND: "18/3/2022, 15:00",
        Precision.MINUTE: "18/3/2022, 15:00",
        Precision.HOUR: "18/3/2022, khoảng 15 giờ",
        Precision.DAY: "18/3/2022",
    }


def test_a_day_does_not_move_to_another_one_in_another_zone() -> None:
    midnight = datetime.fromisoformat("2026-10-05T00:00:00+07:00")
    value = dated(midnight, Precision.DAY)
    assert moment(value, language="en", zone="America/New_York") == "5 October 2026"


@pytest.mark.parametrize(
    ("end", "vi", "en"),
    [
        (utc(2026, 10, 18, 23), "12–18/10/2026", "12–18 October 2026"),
        (utc(2026, 10, 4, 23), "28/9–04/10/2026", "28 September – 4 October 2026"),
        (
            utc(2027, 1, 3, 23),
            "28/12/2026–03/01/2027",
            "28 December 2026 – 3 January 2027",
        ),
    ],
)
def test_a_period_names_its_first_and_last_day(end: datetime, vi: str, en: str) -> None:
    start = end - timedelta(days=7)
    assert period(start, end, language="vi", zone=ZONE) == vi
    assert period(start, end, language="en", zone=ZONE) == en


def test_a_week_that_ends_in_the_evening_has_that_day_in_it() -> None:
    end = utc(2026, 10, 16, 10)
    start = end - timedelta(days=7)
    assert period(start, end, language="vi", zone=ZONE) == "10–16/10/2026"


def test_a_period_of_a_day_is_a_day() -> None:
    start, end = utc(2026, 10, 11, 17), utc(2026, 10, 12, 17)
    assert period(start, end, language="vi", zone=ZONE) == "12/10/2026"
