"""Sign up, confirm, prefer, receive only what was chosen, leave with one POST.

All of it through HTTP and the mails themselves, with ``syndicate serve`` as a process.
"""

from __future__ import annotations

import email
import email.policy
import html
import http.client
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from syndicate.cli import main

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret of at least thirty-two letters"
ITEM = """<item><title>{title}</title><link>http://tin.example/{n}.html</link>
<guid>tin-{n}</guid><pubDate>{at}</pubDate><description>{lead}</description></item>"""
BRIDGE = ("Xã Tân Lộc khánh thành cầu thứ {n}", "Cầu thứ {n} bắc qua rạch, dân góp.")
CLINIC = ("Trạm y tế phường {n} có bác sĩ", "Trạm y tế phường {n} khám bệnh cả tuần.")
FORM = "application/x-www-form-urlencoded"


def rss() -> bytes:
    at = format_datetime(datetime.now(UTC) - timedelta(hours=2))
    items = "".join(
        ITEM.format(n=n, at=at, title=title.format(n=n), lead=lead.format(n=n))
        for n in range(8)
        for title, lead in [(BRIDGE, CLINIC)[n % 2]]
    )
    return (
        '<rss version="2.0"><channel><title>T</title><link>http://tin.example/</link>'
        f"<description>T</description>{items}</channel></rss>"
    ).encode()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = rss()
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


class Fields(HTMLParser):
    """The forms of a page, as a browser would send them; and its links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self.links: list[str] = []
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(said.get("href", ""))
        elif tag == "form":
            self.forms.append({})
        elif tag == "select":
            self._select = said["name"]
            self.forms[-1][self._select] = []
        elif tag == "option":
            if "selected" in said or not self.forms[-1][self._select]:
                self.forms[-1][self._select] = [said["value"]]
        elif tag == "input" and (said.get("type") != "checkbox" or "checked" in said):
            values = self.forms[-1].setdefault(said.get("name", ""), [])
            values.append(said.get("value", ""))


class Desk:
    """A desk in a folder, and the process that serves it."""

    def __init__(self, folder: Path, source: str, more: str = "") -> None:
        self.folder = folder
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port = int(taken.getsockname()[1])
        ended = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) - timedelta(hours=1)
        day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[ended.weekday()]
        digests = "".join(
            f'[[digest]]\nkey = "{key}"\ntitle = "Bản tin {key}"\nsignup = true\n'
            f'schedule = "{day} {ended:%H:%M}"\n'
            '[[digest.section]]\ntitle = "Cầu đường"\ncategories = ["cau"]\n'
            '[[digest.section]]\ntitle = "Y tế"\ncategories = ["y-te"]\n'
            for key in ("mot", "hai")
        )
        (folder / "config.toml").write_text(
            '[site]\ntitle = "Bàn"\ncontact = "ban@ban.example"\nlanguage = "vi"\n'
            f'base_url = "http://127.0.0.1:{self.port}"\n'
            '[gather]\ngap = "0s"\nallow = ["127.0.0.0/8"]\n'
            f"[web]\nport = {self.port}\n"
            '[mail]\nurl = "folder:var/outbox"\nbounce_domain = "tra-ve.ban.example"\n'
            '[category.cau]\ntitle = "Cầu đường"\nstrong = ["cầu thứ"]\n'
            '[category.y-te]\ntitle = "Y tế"\nstrong = ["trạm y tế"]\n'
            f'[[source]]\nkey = "tin"\ntitle = "Tin"\nkind = "feed"\nurl = "{source}"\n'
            f"{digests}{more}",
            encoding="utf-8",
        )
        self.process: subprocess.Popen[str] | None = None
        self.said = ""

    def run(self, *words: str) -> None:
        done = CliRunner(env={"SYNDICATE_SECRET": SECRET}).invoke(
            main, ["-c", str(self.folder / "config.toml"), *words, "--json"]
        )
        assert done.exit_code == 0, (words, done.output)

    def gather_earlier(self) -> None:
        """Have everything gathered, as if it had been seen two days ago."""
        self.run("gather", "--all")
        with self.store() as connection:
            for table, name in (
                ("entries", "seen_at"),
                ("entries", "changed_at"),
                ("stories", "seen_at"),
            ):
                query = f"SELECT id, {name} FROM {table}"  # noqa: S608 -- our own names
                for number, value in connection.execute(query).fetchall():
                    moved = datetime.fromisoformat(value) - timedelta(days=2)
                    connection.execute(
                        f"UPDATE {table} SET {name} = ? WHERE id = ?",  # noqa: S608
                        (moved.isoformat(sep=" ", timespec="microseconds"), number),
                    )
            connection.commit()

    def store(self) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / "var" / "syndicate.db")

    def everything(self) -> dict[str, list[tuple]]:
        """All rows of all tables but the index of words, which cannot be listed."""
        connection = self.store()
        try:
            named = "SELECT name FROM sqlite_master WHERE type = 'table'"
            tables = [name for (name,) in connection.execute(named)]
            return {
                name: connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 -- our own names
                for name in tables
                if not name.startswith("search_words")
            }
        finally:
            connection.close()

    def states(self) -> dict[str, str]:
        connection = self.store()
        try:
            rows = connection.execute("SELECT digest, state FROM subscriptions")
            return dict(rows.fetchall())
        finally:
            connection.close()

    def start(self, *words: str) -> None:
        config = str(self.folder / "config.toml")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "syndicate", "-c", config, "serve", *words],
            cwd=ROOT,
            env={**os.environ, "SYNDICATE_SECRET": SECRET, "SYNDICATE_LANG": "en"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        wait_for(self.is_up, "the desk never answered")

    def is_up(self) -> bool:
        try:
            return self.ask("GET", "/robots.txt").status == 200
        except OSError:
            return False

    def end(self) -> None:
        assert self.process is not None
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=30)
        self.said += said
        assert (process.returncode, "Traceback" in said) == (0, False), said

    def ask(self, method: str, path: str, fields=None, **headers: str):
        """One request as it is: no redirect is followed, no cookie is kept."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        body = None
        if fields is not None:
            body = urlencode(fields, doseq=True)
            headers["Content-Type"] = FORM
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.text = answer.read().decode()
            return answer
        finally:
            connection.close()

    def sign_up(self, address: str, *digests: str):
        fields = Fields(self.ask("GET", "/subscribe").text).forms[0]
        time.sleep(2.1)
        fields |= {"email": [address], "digest": list(digests)}
        return self.ask("POST", "/subscribe", fields)

    def mails(self) -> list[Path]:
        return sorted((self.folder / "var" / "outbox").glob("*.eml"))

    def new_mails(self, before: list[Path], count: int) -> list[EmailMessage]:
        """Wait for so many mails more."""
        wait_for(lambda: len(self.mails()) >= len(before) + count, "no mail came")
        return [parsed(path) for path in self.mails() if path not in before]


def wait_for(is_so, otherwise: str, seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, otherwise
        time.sleep(0.05)


def parsed(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def said_in(mail: EmailMessage) -> str:
    return "".join(
        part.get_content() for part in (mail.get_body(("plain",)), mail.get_body())
    )


def links_of(mail: EmailMessage, port: int) -> list[str]:
    """The paths of all links to the desk in a mail: both parts, and the headers."""
    said = said_in(mail) + "".join(str(value) for value in mail.values())
    found = re.findall(
        rf"http://127\.0\.0\.1:{port}(/[^\s\"'<>]*)", html.unescape(said)
    )
    return [*dict.fromkeys(found)]


@pytest.fixture
def source():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/rss"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def desk(tmp_path, source):
    made = Desk(tmp_path, source)
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.communicate()


@pytest.mark.slow
def test_from_the_form_to_the_issue_and_out_again(desk):
    desk.gather_earlier()
    desk.start("--no-schedule")

    # sign up: one letter within seconds
    assert desk.sign_up("an@vd.example", "mot", "hai").status == 303
    began = time.monotonic()
    (letter,) = desk.new_mails([], 1)
    assert time.monotonic() - began < 5
    assert letter["To"] == "an@vd.example"
    assert desk.states() == {"mot": "pending", "hai": "pending"}
    assert {"members", "letters", "used_tokens"} <= set(desk.everything())

    # whatever follows its links confirms nothing
    links = links_of(letter, desk.port)
    assert links
    before = desk.everything()
    for link in links:
        for method in ("GET", "HEAD"):
            assert desk.ask(method, link).status == 200
    assert desk.everything() == before

    # confirm
    (confirm,) = [link for link in links if link.startswith("/confirm/")]
    done = desk.ask("POST", confirm)
    assert done.status == 200
    assert desk.states() == {"mot": "active", "hai": "active"}
    (own,) = [one for one in Fields(done.text).links if "/preferences/" in one]

    # prefer: of the first, bridges alone
    fields = Fields(desk.ask("GET", own).text).forms[0]
    fields |= {"category.mot": ["cau"], "do": ["save"]}
    assert desk.ask("POST", own, fields).status == 303
    desk.end()

    # receive only what was chosen
    mails = desk.mails()
    desk.start()
    issues = {str(mail["List-Id"]): mail for mail in desk.new_mails(mails, 2)}
    desk.end()
    assert len(issues) == 2
    chosen = next(mail for name, mail in issues.items() if "<mot." in name)
    whole = next(mail for name, mail in issues.items() if "<hai." in name)
    assert "cầu thứ" in said_in(chosen)
    assert "Trạm y tế" not in said_in(chosen)
    assert "cầu thứ" in said_in(whole)
    assert "Trạm y tế" in said_in(whole)

    # whatever follows the links of the issues changes nothing
    desk.start("--no-schedule")
    before = desk.everything()
    for mail in issues.values():
        found = links_of(mail, desk.port)
        assert any(link.startswith("/unsubscribe/") for link in found)
        assert any(link.startswith("/preferences/") for link in found)
        for link in found:
            for method in ("GET", "HEAD"):
                assert desk.ask(method, link).status in (200, 307), link
    assert desk.everything() == before

    # leave with one POST, as mail providers do it
    said = str(chosen["List-Unsubscribe"])
    path = urlsplit(re.findall(r"<(http[^>]+)>", said)[0]).path
    answer = desk.ask("POST", path, {"List-Unsubscribe": "One-Click"})
    assert answer.status == 200
    assert (answer.getheader("location"), answer.getheader("set-cookie")) == (
        None,
        None,
    )
    assert desk.states() == {"mot": "unsubscribed", "hai": "active"}
    left = desk.everything()
    assert desk.ask("POST", path).status == 200
    assert desk.everything() == left

    # nobody was written to for it, and the log names nobody
    assert len(desk.mails()) == 3
    desk.end()
    assert "vd.example" not in re.sub(r".*accepted.*", "", desk.said)
    assert confirm.rpartition("/")[2] not in desk.said
    assert own.rpartition("/")[2] not in desk.said


@pytest.mark.slow
def test_the_answer_tells_nothing_of_the_address_not_even_by_its_time(desk):
    desk.start("--no-schedule")
    desk.sign_up("an@vd.example", "mot")
    (letter,) = desk.new_mails([], 1)
    desk.ask("POST", links_of(letter, desk.port)[0])
    seen, times = set(), []
    for address in ("an@vd.example", "new@vd.example", "ba@vd.example"):
        for _ in range(2):
            fields = Fields(desk.ask("GET", "/subscribe").text).forms[0]
            time.sleep(2.1)
            fields |= {"email": [address], "digest": ["mot"]}
            began = time.perf_counter()
            answer = desk.ask("POST", "/subscribe", fields)
            times.append(time.perf_counter() - began)
            names = sorted(answer.getheaders())
            seen.add(
                (
                    answer.status,
                    answer.text,
                    tuple(pair for pair in names if pair[0].lower() != "date"),
                )
            )
    assert len(seen) == 1
    assert min(times) >= 0.24
    assert max(times) - min(times) < 0.2 or max(times) >= 0.5
    desk.end()


@pytest.mark.slow
def test_who_asks_is_not_whom_a_header_says(desk):
    """Twenty sign-ups an hour for this machine, whatever X-Forwarded-For says."""
    desk.start("--no-schedule")
    fields = Fields(desk.ask("GET", "/subscribe").text).forms[0]
    time.sleep(2.1)
    statuses = []
    for n in range(22):
        said = fields | {"email": [f"n{n}@vd.example"], "digest": ["mot"]}
        answer = desk.ask(
            "POST", "/subscribe", said, **{"X-Forwarded-For": f"203.0.{n}.7"}
        )
        statuses.append(answer.status)
    assert statuses == [303] * 20 + [429] * 2
    desk.end()


@pytest.mark.slow
def test_behind_our_own_proxy_each_network_counts_by_itself(desk):
    config = desk.folder / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace("[web]\n", '[web]\nproxies = ["127.0.0.0/8"]\n'), encoding="utf-8"
    )
    desk.start("--no-schedule")
    fields = Fields(desk.ask("GET", "/subscribe").text).forms[0]
    time.sleep(2.1)
    for n in range(22):
        said = fields | {"email": [f"n{n}@vd.example"], "digest": ["mot"]}
        header = {"X-Forwarded-For": f"198.51.100.1, 203.0.{n}.7"}
        assert desk.ask("POST", "/subscribe", said, **header).status == 303
    for n in range(21):
        said = fields | {"email": [f"m{n}@vd.example"], "digest": ["mot"]}
        header = {"X-Forwarded-For": f"203.0.{n}.9, 198.51.100.{n}"}
        answer = desk.ask("POST", "/subscribe", said, **header)
    assert answer.status == 429
    desk.end()


@pytest.mark.slow
def test_a_kill_at_any_moment_sends_no_letter_twice(desk):
    desk.start("--no-schedule")
    fields = Fields(desk.ask("GET", "/subscribe").text).forms[0]
    time.sleep(2.1)
    for n in range(4):
        said = fields | {"email": [f"n{n}@vd.example"], "digest": ["mot"]}
        assert desk.ask("POST", "/subscribe", said).status == 303
        assert desk.process is not None
        desk.process.kill()
        desk.process.communicate()
        desk.start("--no-schedule")
    time.sleep(1)
    recipients = [parsed(path)["To"] for path in desk.mails()]
    assert len(recipients) == len(set(recipients))
    connection = desk.store()
    try:
        rows = connection.execute("SELECT state, count(*) FROM letters GROUP BY state")
        tally = dict(rows.fetchall())
    finally:
        connection.close()
    assert sum(tally.values()) == 4
    assert tally.get("accepted", 0) <= len(recipients) <= 4
    assert set(tally) <= {"accepted", "sending", "uncertain"}
    desk.end()


@pytest.mark.slow
def test_a_body_that_is_slow_or_large_holds_nobody_up(desk):
    desk.start("--no-schedule")
    slow = socket.create_connection(("127.0.0.1", desk.port), timeout=30)
    head = f"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n"
    slow.sendall(f"{head}Content-Length: 1000\r\n\r\nemail=".encode())
    began = time.monotonic()
    assert desk.ask("GET", "/subscribe").status == 200
    assert time.monotonic() - began < 2
    large = desk.ask("POST", "/subscribe", {"email": "x" * 40_000})
    assert large.status == 413
    assert b" 408 " in slow.recv(1_000).splitlines()[0]
    slow.close()
    desk.end()
