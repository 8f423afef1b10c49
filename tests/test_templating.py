from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate.errors import TemplateError
from syndicate.model import Site
from syndicate.templating import builtin_folder, nobreak_documents, templates, wrapped


@pytest.fixture
def rendered(tmp_path: Path) -> Callable[..., str]:
    """Write a template into a site's own folder and render it."""

    def render(name: str, text: str, **values: object) -> str:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        made = templates([tmp_path], language="vi", zone="Asia/Ho_Chi_Minh")
        return made.render(name, **values)

    return render


def test_html_and_xml_are_escaped_and_text_is_not(
    rendered: Callable[..., str],
) -> None:
    for name, expected in (("a.html", "&lt;b&gt;"), ("a.xml", "&lt;b&gt;")):
        assert rendered(name, "{{ x }}", x="<b>") == expected
    assert rendered("a.txt", "{{ x }}", x="<b>") == "<b>"


def test_a_site_s_own_template_comes_before_ours(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "macros.html").write_text("mine", "utf-8")
    made = templates([tmp_path / "absent", tmp_path], language="vi")
    assert made.render("mail/macros.html") == "mine"
    assert made.render("mail/macros.html") != templates(language="vi").render(
        "mail/macros.html"
    )


def test_the_built_in_folder_has_the_mail_templates() -> None:
    assert (builtin_folder() / "mail" / "issue.html").is_file()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x\n\n{{ absent.title }}", "t/a.html, line 3: 'absent' is undefined"),
        ("x\n{% if %}", "t/a.html, line 2: Expected an expression"),
        ("{{ 1 / 0 }}", "t/a.html, line 1: ZeroDivisionError: division by zero"),
        ("{% include 't/none.html' %}", "t/none.html: no such template"),
        ("{{ ''.__class__ }}", "t/a.html, line 1: access to attribute '__class__'"),
        ("{{ x.append(1) }}", "t/a.html, line 1: "),
        ("{{ 3 | day }}", "t/a.html, line 1: "),
    ],
)
def test_an_error_names_template_line_and_cause(
    rendered: Callable[..., str], text: str, said: str
) -> None:
    with pytest.raises(TemplateError, match="^" + re.escape(said)):
        rendered("t/a.html", text, x=[])


def test_an_error_in_an_included_template_names_that_template(
    tmp_path: Path, rendered: Callable[..., str]
) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "inner.html").write_text("\n\n{{ gone }}", "utf-8")
    with pytest.raises(TemplateError, match=r"^t/inner\.html, line 3: "):
        rendered("t/a.html", "{% include 't/inner.html' %}")


def test_a_missing_template_is_an_error_of_ours() -> None:
    with pytest.raises(TemplateError, match=r"^mail/nothing\.html: no such template$"):
        templates(language="vi").render("mail/nothing.html")


def test_dates_and_words_are_in_the_templates_language(
    rendered: Callable[..., str],
) -> None:
    when = datetime(2022, 3, 18, 8, 0, tzinfo=UTC)
    text = (
        "{{ when | day }}|{{ when | moment }}|{{ none | day }}|{{ _('Unsubscribe') }}"
    )
    assert rendered("a.txt", text, when=when, none=None) == (
        "Thứ Sáu, ngày 18/3/2022|18/3/2022, 15:00|không rõ ngày đăng|Hủy nhận tin"
    )


@pytest.mark.parametrize(
    "number",
    [
        "213-QĐ/TW",
        "98/2014/NĐ-CP",
        "19/2012/TTLT-BTC-BKH&ĐT-BTTTT",
        "202/2025/QH15",
        "101/QĐ-TTg",
        "22 – NQ/TW",
        "02-HD/BDVTU",
    ],
)
def test_a_document_number_never_breaks_across_lines(number: str) -> None:
    page = nobreak_documents(f"theo {number}, <i>")
    kept = number.replace("&", "&amp;")
    assert page == (f'theo <span style="white-space:nowrap">{kept}</span>, &lt;i&gt;')
    text = wrapped(f"{'mười chữ ' * 7}{number} và những chữ khác nữa")
    assert number in text
    assert len(text.split("\n")) > 1


@pytest.mark.parametrize(
    "text", ["2015-2020", "24/7", "quý I-2021", "Covid-19", "3,5 m"]
)
def test_what_is_no_document_number_is_left_alone(text: str) -> None:
    assert nobreak_documents(text) == text


def test_text_is_wrapped_only_at_spaces() -> None:
    url = "https://khoi.cuuha.example/" + "rat-dai-" * 12
    lines = wrapped(f"{'một hai ba ' * 12}{url} hết", "  ", "* ").split("\n")
    assert lines[0].startswith("* một")
    assert all(line.startswith("  ") for line in lines[1:])
    assert any(line.strip() == url for line in lines)
    assert all(len(line) <= 76 for line in lines if url not in line)


def test_pages_lead_to_the_issues_where_there_is_a_digest() -> None:
    site = Site(title="Bàn", base_url="https://b.example")
    given = {
        "site": site,
        "here": "",
        "up": "",
        "heading": "",
        "said": "",
        "button": "",
    }
    without = templates(language="vi")
    with_one = templates(language="vi", has_issues=True)
    link = '<a href="../issues">'
    assert link not in without.render("web/message.html", **given)
    assert link in with_one.render("web/message.html", **given)
    assert without.fingerprint("web/") != with_one.fingerprint("web/")
