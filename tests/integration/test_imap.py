"""Bounces in a mailbox of a real IMAP server (Dovecot), over TLS that is verified."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_socket import enable_socket, socket_allow_hosts

from syndicate.digest.returns.imap import Imap
from syndicate.errors import MailError

PASSWORD = "bounce-password"

SETTINGS = """
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%n
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%n
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service imap {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass
class Server:
    folder: Path
    port: int
    plain: int

    @property
    def url(self) -> str:
        return f"imaps://tra-lai@127.0.0.1:{self.port}/INBOX"

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "cert.pem"))

    def box(self, url: str = "", password: str = PASSWORD) -> Imap:
        return Imap(url or self.url, password, context=self.trust, patience=10)

    @property
    def maildir(self) -> Path:
        return self.folder / "mail" / "tra-lai"

    def lay(self, *contents: bytes, folder: str = "") -> None:
        place = self.maildir / folder
        for name in ("new", "cur", "tmp"):
            (place / name).mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(contents):
            name = f"{time.time_ns()}.{number:06}.host"
            (place / "new" / name).write_bytes(content)
        for path in (self.folder / "mail", *(self.folder / "mail").rglob("*")):
            shutil.chown(path, "nobody", "nogroup")


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


def certify(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            pem,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    program = shutil.which("dovecot", path=f"{os.defpath}:/usr/sbin")
    if program is None or not Path("/usr/lib/dovecot/imap").exists():
        pytest.skip("there is no Dovecot with IMAP (dovecot-imapd)")
    if os.geteuid() != 0:
        pytest.skip("Dovecot changes users, which only root may")
    # it lives longer than the fixture that opens loopback for each test
    enable_socket()
    socket_allow_hosts(["127.0.0.0/8", "::1"], allow_unix_socket=True)
    # not below pytest's folder, which nobody else may enter
    folder = Path(tempfile.mkdtemp(prefix="imap-"))
    folder.chmod(0o755)
    port, plain = free_port(), free_port()
    certify(folder)
    settings = folder / "dovecot.conf"
    settings.write_text(
        SETTINGS.format(folder=folder, port=port, plain=plain, password=PASSWORD)
    )
    (folder / "mail").mkdir()
    shutil.chown(folder / "mail", "nobody", "nogroup")
    process = subprocess.Popen(
        [program, "-F", "-c", str(settings)], stderr=subprocess.DEVNULL
    )
    try:
        _await(port, process, folder)
        yield Server(folder, port, plain)
    finally:
        process.terminate()
        process.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def _await(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _try in range(100):
        if process.poll() is not None:
            break
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    log = folder / "log"
    said = log.read_text() if log.exists() else ""
    pytest.fail(f"Dovecot does not run: {said[-500:]}")


@pytest.fixture
def server(running: Server) -> Server:
    shutil.rmtree(running.maildir, ignore_errors=True)
    running.lay()
    return running


def contents(box: Imap, most: int = 100) -> list[bytes]:
    return [one.content for one in box.waiting(most)]


def mail(number: int) -> bytes:
    return f"Subject: {number}\r\n\r\nThư số {number}\r\n".encode()


def test_unread_messages_are_read_in_their_order(server: Server) -> None:
    server.lay(*map(mail, range(5)))
    with closing(server.box()) as box:
        assert contents(box, 3) == [mail(0), mail(1), mail(2)]
        assert contents(box, 3) == [mail(3), mail(4)]
        assert contents(box, 3) == []


def test_reading_alone_marks_nothing(server: Server) -> None:
    """As it is when we die before it is kept."""
    server.lay(mail(1))
    for _time in range(2):
        with closing(server.box()) as box:
            assert contents(box) == [mail(1)]


def test_what_was_kept_is_marked_and_comes_no_more(server: Server) -> None:
    server.lay(mail(1), mail(2))
    with closing(server.box()) as box:
        first, _second = box.waiting(10)
        box.done([first.name])
    with closing(server.box()) as box:
        assert contents(box) == [mail(2)]


def test_many_are_found_in_windows(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syndicate.digest.returns.imap.WINDOW", 7)
    server.lay(*map(mail, range(40)))
    with closing(server.box()) as box:
        held = box.waiting(30)
        box.done([one.name for one in held])
        assert len(box.waiting(100)) == 10


def test_of_a_huge_message_the_beginning_is_fetched(server: Server) -> None:
    server.lay(b"Subject: x\r\n\r\n" + b"x" * 76 * 40_000)
    with closing(server.box()) as box:
        assert len(contents(box)[0]) == 1_000_000


def test_a_folder_with_a_vietnamese_name_is_opened(server: Server) -> None:
    server.lay(mail(7), folder=".Th&AbA- tr&HqM- l&HqE-i")
    url = server.url.replace("INBOX", "Th%C6%B0%20tr%E1%BA%A3%20l%E1%BA%A1i")
    with closing(server.box(url)) as box:
        assert contents(box) == [mail(7)]


def test_a_connection_that_broke_is_made_again(server: Server) -> None:
    server.lay(mail(1))
    with closing(server.box()) as box:
        (held,) = box.waiting(10)
        assert box._line is not None
        box._line.sock.shutdown(socket.SHUT_RDWR)
        box.done([held.name])
    with closing(server.box()) as box:
        assert contents(box) == []


def test_a_certificate_that_nobody_vouches_for_is_refused(server: Server) -> None:
    with (
        closing(Imap(server.url, PASSWORD, patience=10)) as box,
        pytest.raises(MailError, match="certificate"),
    ):
        box.waiting(1)


def test_a_certificate_of_another_host_is_refused(server: Server) -> None:
    url = server.url.replace("127.0.0.1", "localhost")
    with (
        closing(server.box(url)) as box,
        pytest.raises(MailError, match=r"certificate|Hostname"),
    ):
        box.waiting(1)


def test_a_wrong_password_is_said_plainly_and_not_repeated(server: Server) -> None:
    refused = pytest.raises(
        MailError, match=r"^imap tra-lai@127\.0\.0\.1/INBOX: .*AUTH"
    )
    with closing(server.box(password="wrong")) as box, refused as said:
        box.waiting(1)
    assert "wrong" not in str(said.value)


def test_a_password_with_marks_is_an_error_and_no_traceback(server: Server) -> None:
    with closing(server.box(password="mật khẩu")) as box, pytest.raises(MailError):
        box.waiting(1)


def test_a_folder_that_is_not_there_is_said_plainly(server: Server) -> None:
    url = server.url.replace("INBOX", "nowhere")
    with closing(server.box(url)) as box, pytest.raises(MailError, match="nowhere"):
        box.waiting(1)


def test_on_this_machine_a_plain_line_is_enough(server: Server) -> None:
    server.lay(mail(1))
    url = f"imap://tra-lai@127.0.0.1:{server.plain}"
    with closing(server.box(url)) as box:
        assert contents(box) == [mail(1)]


@pytest.fixture
def mute() -> Iterator[int]:
    """A server that takes calls and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        held: list[socket.socket] = []

        def take() -> None:
            with suppress(OSError):
                while True:
                    held.append(listening.accept()[0])

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield int(listening.getsockname()[1])
        for one in held:
            one.close()


def test_a_server_that_says_nothing_is_given_up(mute: int) -> None:
    began = time.monotonic()
    box = Imap(f"imap://a@127.0.0.1:{mute}", "x", patience=0.3)
    with closing(box), pytest.raises(MailError, match="timed out"):
        box.waiting(1)
    assert time.monotonic() - began < 3


def test_a_server_that_is_not_there_is_said_plainly() -> None:
    box = Imap(f"imaps://a@127.0.0.1:{free_port()}", "x")
    with closing(box), pytest.raises(MailError, match="refused"):
        box.waiting(1)


@pytest.mark.parametrize(
    "url",
    ["imaps://host", "imaps://a@host:x", "ftp://a@host", "imaps://a@host/%0D%0AX", ""],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(MailError):
        Imap(url, "x")
