"""How fast messages leave: our pool, smtplib and Postfix's smtp-source, to one sink.

``python -m bench.post [--count N] [--connections N]``: messages of 83 KB over kept
connections to Postfix's smtp-sink on loopback, without a signature and with RSA-2048,
Ed25519 and both; then to the same sink behind a line that takes its time, where it
counts how often one waits for an answer. No ledger, no rendering: bench/digest.py has
the whole.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import smtplib
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from itertools import count

from syndicate.digest.post.dkim import Signer, canonical
from syndicate.digest.post.keys import new_ed25519, new_rsa
from syndicate.digest.post.pool import Pool, Route
from syndicate.digest.post.smtp import SmtpTransport
from syndicate.model import DeliveryState, Message, Reply
from syndicate.ports import Transport

DELAY = 0.01
"""Seconds for each way of the slow line."""
HEAD = (
    "From: Tin <tin@ban-tin.example>\r\nTo: {to}\r\nSubject: Ban tin tuan\r\n"
    "Date: Mon, 05 Jan 2026 06:00:00 +0700\r\nMessage-ID: <{n}@ban-tin.example>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "List-Unsubscribe: <https://ban-tin.example/unsubscribe/{n:032d}>\r\n"
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
)
LINE = b"Xin ch=C3=A0o, m=E1=BB=8Dt d=C3=B2ng nh=C6=B0 th=E1=BA=BF n=C3=A0y, abc\r\n"
TEXT, REST = LINE * 250, LINE * 900


class Plain:
    """A kept connection of smtplib, as most programs use it."""

    def __init__(self, port: int) -> None:
        self._smtp = smtplib.SMTP("127.0.0.1", port)

    def send(self, message: Message) -> Reply:
        self._smtp.sendmail(message.sender, message.recipient, message.content)
        return Reply(state=DeliveryState.ACCEPTED)

    def close(self) -> None:
        self._smtp.quit()


def made(signer: Signer | None, number: int) -> Message:
    """Make one message; its own link is in the middle of the body."""
    to = f"nguoi-{number}@vd.example"
    headers = HEAD.format(to=to, n=number).encode()
    link = f"https://ban-tin.example/unsubscribe/{number:032d}\r\n".encode()
    body = b"".join((TEXT, link, REST))
    if signer is not None:
        # TEXT and REST are canonical already, as the parts of an issue are.
        headers = signer.stamp(headers, sha256(body).digest()) + headers
    return Message(
        sender=f"b-{number:032d}@ban-tin.example",
        recipient=to,
        message_id=f"<{number}@ban-tin.example>",
        content=headers + b"\r\n" + body,
    )


def rate(
    opening: Callable[[], Transport], messages: int, lines: int, signer: Signer | None
) -> float:
    """Send so many over so many connections; gives messages in a second."""
    route = Route(name="main", open=opening, connections=lines)
    numbers, done = count(), 0
    with closing(Pool([route], clock=lambda: datetime.now(UTC))) as pool:
        begun = time.perf_counter()
        left = messages
        while done < messages:
            for _ in range(min(pool.slots, left)):
                pool.put(0, "vd.example", partial(made, signer, next(numbers)))
                left -= 1
            for handed in pool.got(30):
                if handed.reply.state is not DeliveryState.ACCEPTED:
                    raise SystemExit(f"not taken: {handed.reply}")
                done += 1
        return messages / (time.perf_counter() - begun)


@contextmanager
def sink() -> Iterator[int]:
    """Start Postfix's sink; gives its port."""
    program = shutil.which("smtp-sink", path="/usr/sbin:/usr/bin")
    if program is None:
        raise SystemExit("there is no smtp-sink (Debian: postfix)")
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = int(server.getsockname()[1])
    running = subprocess.Popen([program, "-u", "nobody", f"127.0.0.1:{port}", "500"])
    try:
        time.sleep(0.5)
        yield port
    finally:
        running.terminate()
        running.wait()


def source(port: int, messages: int, lines: int, size: int) -> float:
    """Let Postfix's source send so many messages of ``size`` bytes."""
    program = shutil.which("smtp-source", path="/usr/sbin:/usr/bin")
    if program is None:
        raise SystemExit("there is no smtp-source (Debian: postfix)")
    command = [program, "-d", "-s", str(lines), "-l", str(size), "-m", str(messages)]
    begun = time.perf_counter()
    subprocess.run([*command, f"127.0.0.1:{port}"], check=True)
    return messages / (time.perf_counter() - begun)


@contextmanager
def slow_line(port: int) -> Iterator[int]:
    """A line to a port on which everything takes a while."""
    loop = asyncio.new_event_loop()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(1 << 18):
            loop.call_later(DELAY, writer.write, piece)
        loop.call_later(DELAY, writer.close)

    async def serve(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, out = await asyncio.open_connection("127.0.0.1", port)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(pump(near, out), pump(far, back))

    async def end() -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    server = loop.run_until_complete(
        asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 20)
    )
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    server.close()
    loop.run_until_complete(end())
    loop.close()


def main() -> None:
    """Measure, and print a line for each."""
    parser = argparse.ArgumentParser(prog="python -m bench.post")
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--connections", type=int, default=4)
    given = parser.parse_args()
    rsa, ed25519 = ("r1", new_rsa()), ("e1", new_ed25519())
    signers = {
        "unsigned": None,
        "Ed25519": Signer("ban-tin.example", ed25519=ed25519),
        "RSA-2048": Signer("ban-tin.example", rsa=rsa),
        "both": Signer("ban-tin.example", rsa=rsa, ed25519=ed25519),
    }
    body = TEXT + REST
    if canonical(body) != body:
        raise SystemExit("the body is not canonical")
    size, lines = len(made(None, 0).content), given.connections
    print(f"{given.count:,} messages of {size:,} bytes, {lines} connections")
    with sink() as port:
        ours = partial(SmtpTransport, f"smtp://127.0.0.1:{port}")
        print(f"smtp-source          {source(port, given.count, lines, size):7,.0f}/s")
        for name, signer in signers.items():
            done = rate(ours, given.count, lines, signer)
            print(f"pool, {name:14} {done:7,.0f}/s")
        plain = partial(Plain, port)
        print(f"smtplib, unsigned    {rate(plain, given.count, lines, None):7,.0f}/s")
        with slow_line(port) as far:
            few = min(given.count // 10, 300)
            print(f"a line of {2 * DELAY * 1000:.0f} ms there and back:")
            away = partial(SmtpTransport, f"smtp://127.0.0.1:{far}")
            print(f"pool, unsigned       {rate(away, few, lines, None):7,.0f}/s")
            plain = partial(Plain, far)
            print(f"smtplib, unsigned    {rate(plain, few, lines, None):7,.0f}/s")


if __name__ == "__main__":
    main()
