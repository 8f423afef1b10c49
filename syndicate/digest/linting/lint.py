"""What is wrong with a message, found on its final bytes.

E is an error: the message must not be sent. W is a warning for the preview.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message as Parsed
from email.utils import getaddresses, parsedate_to_datetime

from syndicate.digest.addresses import is_loopback, unsubscribe_link
from syndicate.digest.linting import htmllint
from syndicate.errors import MailError

LARGEST = 100_000
LARGE = 90_000
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version")
REFUSED = ("Cc", "Bcc")
WANTED = (
    "List-Archive",
    "List-Post",
    "Feedback-ID",
    "Precedence",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
)
_RESIDUE = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|(?:^|[\]·] )None$")
_WORD = re.compile(r"=\?[^?]+\?([bBqQ])\?([^?]*)\?=")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: level ``E`` or ``W``, the rule's name, and what."""

    level: str
    rule: str
    text: str


def lint(content: bytes, *, links: Collection[str] = ()) -> tuple[Finding, ...]:
    """Check a complete message (RFC 5322 bytes, CRLF line ends).

    ``links`` are the addresses of the issue's stories; if given, each must be in
    both parts.
    """
    parsed = message_from_bytes(content)
    findings: list[Finding] = []
    findings += _lines(content)
    findings += _headers(parsed)
    findings += _subject(parsed)
    findings += _list(parsed)
    findings += _parts(parsed, links)
    return tuple(findings)


def errors(findings: Collection[Finding]) -> tuple[Finding, ...]:
    """Return those findings that keep a message from being sent."""
    return tuple(finding for finding in findings if finding.level == "E")


def _lines(content: bytes) -> Iterator[Finding]:
    head, _blank, body = content.partition(b"\r\n\r\n")
    if not content.isascii() and not head.isascii():
        yield Finding("E", "header-ascii", "a header holds bytes that are not ASCII")
    if re.search(rb"(?<!\r)\n|\r(?!\n)", content):
        yield Finding("E", "line-end", "a line does not end with CRLF")
    if any(len(line) > 998 for line in content.split(b"\r\n")):
        yield Finding("E", "line-length", "a line has more than 998 octets")
    long = [line for line in head.split(b"\r\n") if len(line) > 78]
    if any(b" " in line.strip() for line in long):
        yield Finding("W", "header-fold", "a header line has more than 78 columns")
    if not body:
        yield Finding("E", "body", "there is no body")


def _headers(parsed: Parsed) -> Iterator[Finding]:
    names = [name.lower() for name in parsed.keys()]  # noqa: SIM118 - keeps repeats
    for name in ONCE:
        if name.lower() not in names:
            yield Finding("E", "header-missing", f"{name} is missing")
    for name in sorted(set(names)):
        if names.count(name) > 1:
            yield Finding("E", "header-twice", f"{name} is there twice")
    for name in REFUSED:
        if name.lower() in names:
            yield Finding("E", "recipient", f"{name} has no place here")
    for name in WANTED:
        if name.lower() not in names:
            yield Finding("W", "header-wanted", f"{name} is missing")
    yield from _date(parsed)
    yield from _people(parsed)
    yield from _words(parsed)


def _date(parsed: Parsed) -> Iterator[Finding]:
    try:
        aware = parsedate_to_datetime(parsed.get("Date", "")).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        yield Finding("E", "date", "Date has no time with a numeric zone")


def _people(parsed: Parsed) -> Iterator[Finding]:
    for name in ("From", "To"):
        found = getaddresses([str(parsed.get(name, ""))])
        if len(found) != 1 or "@" not in found[0][1]:
            yield Finding("E", "recipient", f"{name} is not one address")
    sender = getaddresses([str(parsed.get("From", ""))])
    domain = sender[0][1].rpartition("@")[2] if sender else ""
    message_id = str(parsed.get("Message-ID", "")).strip()
    if not re.fullmatch(rf"<[^\s<>@]+@{re.escape(domain)}>", message_id):
        yield Finding("E", "message-id", "Message-ID is not of the sender's domain")


def _words(parsed: Parsed) -> Iterator[Finding]:
    """Every encoded word must decode alone (RFC 2047 §5)."""
    for name, value in parsed.items():
        for word in _WORD.finditer(str(value)):
            try:
                str(make_header(decode_header(word.group())))
                sound = len(word.group()) <= 75
            except (UnicodeError, LookupError, ValueError):
                sound = False
            if not sound:
                yield Finding("E", "encoded-word", f"{name}: a word is cut or too long")


def _subject(parsed: Parsed) -> Iterator[Finding]:
    try:
        subject = str(make_header(decode_header(str(parsed.get("Subject", "")))))
    except (UnicodeError, LookupError, ValueError):
        yield Finding("E", "subject", "Subject cannot be decoded")
        return
    if not subject.strip() or len(subject) > 150:
        yield Finding("E", "subject", f"Subject has {len(subject)} characters")
    elif len(subject) > 70:
        yield Finding("W", "subject", f"Subject has {len(subject)} characters")
    if _CONTROLS.search(subject) or re.search(r"[\r\n\t]", subject):
        yield Finding("E", "subject", "Subject holds control characters")
    if unicodedata.normalize("NFC", subject) != subject:
        yield Finding("E", "subject", "Subject is not NFC")
    if _RESIDUE.search(subject):
        yield Finding("E", "subject", "Subject looks like an unfilled template")


def _list(parsed: Parsed) -> Iterator[Finding]:
    value = "".join(str(parsed.get("List-Unsubscribe", "")).split())
    offered = re.findall(r"<([^<>]*)>", value)
    web = [url for url in offered if url.startswith(("https:", "http:"))]
    if len(web) != 1 or offered[0] != web[0]:
        yield Finding("E", "unsubscribe", "List-Unsubscribe needs one https address")
    else:
        yield from _one_click(web[0])
    post = str(parsed.get("List-Unsubscribe-Post", ""))
    if post != "List-Unsubscribe=One-Click":
        yield Finding("E", "unsubscribe", "List-Unsubscribe-Post is not one click")
    if not re.search(r"<[^\s<>@]+\.[^\s<>@]+>$", str(parsed.get("List-Id", ""))):
        yield Finding("E", "list-id", "List-Id is missing or has no dot")


def _one_click(url: str) -> Iterator[Finding]:
    try:
        unsubscribe_link(url, "List-Unsubscribe")
    except MailError as error:
        yield Finding("E", "unsubscribe", str(error))
    if url.startswith("http:") and is_loopback(url.split("/")[2].partition(":")[0]):
        yield Finding("W", "unsubscribe", "plain http serves for trying out only")
    if "@" in url or "%40" in url:
        yield Finding("E", "unsubscribe", "the link shows an address in clear")


def _parts(parsed: Parsed, links: Collection[str]) -> Iterator[Finding]:
    if parsed.get_content_type() != "multipart/alternative":
        yield Finding("E", "mime", "the message is not multipart/alternative")
        return
    parts = [part for part in parsed.walk() if not part.is_multipart()]
    if [part.get_content_type() for part in parts] != ["text/plain", "text/html"]:
        yield Finding("E", "mime", "the parts are not text/plain, then text/html")
        return
    texts: list[str] = []
    for part in parts:
        if part.get_content_charset() != "utf-8":
            yield Finding("E", "charset", f"{part.get_content_type()} is not UTF-8")
        raw = part.get_payload(decode=True)
        try:
            texts.append(raw.decode("utf-8") if isinstance(raw, bytes) else "")
        except UnicodeDecodeError:
            yield Finding("E", "charset", f"{part.get_content_type()} is no UTF-8")
            return
    size = len(str(parts[1].get_payload()).encode("utf-8", "surrogateescape"))
    if size > LARGEST:
        yield Finding("E", "size", f"the HTML part has {size} bytes as sent")
    elif size > LARGE:
        yield Finding("W", "size", f"the HTML part has {size} bytes as sent")
    yield from _characters(texts)
    yield from _plain(texts[0], parsed, links)
    for level, rule, words in htmllint.faults(texts[1], links):
        yield Finding(level, rule, words)


def _characters(texts: list[str]) -> Iterator[Finding]:
    for text in texts:
        if _CONTROLS.search(text):
            yield Finding("E", "characters", "a part holds control characters")
        # Run by run: a mark behind a tag is no letter with ">".
        runs = re.findall("[^<>]+", text)
        if any(not unicodedata.is_normalized("NFC", run) for run in runs):
            yield Finding("E", "characters", "a part is not NFC")


def _plain(text: str, parsed: Parsed, links: Collection[str]) -> Iterator[Finding]:
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    if any(len(line) > 78 and _foldable(line) for line in lines):
        yield Finding("E", "text-width", "a text line could be folded and is not")
    value = "".join(str(parsed.get("List-Unsubscribe", "")).split())
    if lines[-1].strip() and f"<{lines[-1].strip()}>" not in value:
        yield Finding("E", "text-unsubscribe", "the unsubscribe link is not last")
    for link in links:
        if link not in text:
            yield Finding("E", "text-link", f"the text lacks {link[:200]}")


def _foldable(line: str) -> bool:
    """Tell whether a line has more than its bullet and one word."""
    return len(line.removeprefix("* ").split()) > 1
