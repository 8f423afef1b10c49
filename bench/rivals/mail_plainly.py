"""Mail as most programs send it: everything done again for each message.

smtplib, EmailMessage, premailer and dkimpy, straight: the style sheet is put into the
page, the message built, signed with RSA-2048 (relaxed/relaxed, the usual headers) and
handed over, on one kept connection. ``python -m bench.rivals.mail_plainly FILE PORT``.
"""

from __future__ import annotations

import json
import logging
import os
import smtplib
import sys
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any

import dkim
from premailer import Premailer

STAND_IN = "0leave".ljust(32, "0")
"""In the page, for what differs from member to member."""


def main() -> None:
    """Print the seconds that all of it took, imports left out, and the bytes of one."""
    told = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    port = int(sys.argv[2])
    key = os.environ["BENCH_DKIM_RSA"].encode()
    logging.disable(logging.WARNING)
    size = 0
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for number, person in enumerate(told["people"]):
            content = _made(told, person, number, key)
            size = len(content)
            smtp.sendmail(
                f"b-{number}@bounce.ban-tin.example", [person["address"]], content
            )
    print(json.dumps({"seconds": time.perf_counter() - began, "bytes": size}))


def _made(
    told: dict[str, Any], person: dict[str, str], number: int, key: bytes
) -> bytes:
    own = f"{number:032}"
    leave = f"https://ban-tin.example/unsubscribe/{own}"
    message = EmailMessage(policy=SMTP)
    message["From"] = told["sender"]
    message["To"] = f"<{person['address']}>"
    message["Subject"] = told["subject"]
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain="ban-tin.example")
    message["List-Id"] = "<tuan.ban-tin.example>"
    message["List-Unsubscribe"] = f"<{leave}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(told["text"].replace(STAND_IN, own))
    page = told["html"].replace(STAND_IN, own)
    inlined = Premailer(page, cssutils_logging_level=logging.CRITICAL).transform()
    message.add_alternative(inlined, subtype="html")
    content = message.as_bytes()
    return (
        dkim.sign(
            content,
            b"s1",
            b"ban-tin.example",
            key,
            canonicalize=(b"relaxed", b"relaxed"),
        )
        + content
    )


if __name__ == "__main__":
    main()
