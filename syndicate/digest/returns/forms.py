"""How bounces, warnings and automatic answers look where no standard tells it.

Patterns are compared with folded text: lower case, no marks, straight apostrophes, one
space between words.
"""

from __future__ import annotations

BOUNCES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "qmail",
        (
            r"\bhi\. this is the qmail-send program",
            r"\bhi\. this is the .{1,60} (program|mail server) at",
            r"i'm afraid i wasn't able to deliver (your|the following) message",
        ),
    ),
    (
        "exim",
        (
            r"a message that you sent could not be delivered to (one|all|any)",
            r"could not be delivered to (one or more|all) of its recipients",
        ),
    ),
    ("postfix", (r"this is the (mail system|postfix program) at host",)),
    (
        "sendmail",
        (
            r"the following addresses had (permanent|transient|delivery)",
            r"-{3,} ?transcript of session follows",
        ),
    ),
    (
        "exchange",
        (
            r"your message did not reach some or all of the intended recipients",
            r"delivery has failed to these recipients or (distribution lists|groups)",
            r"the following recipient\(s\) (could not|cannot) be reached",
            r"diagnostic information for administrators",
            r"your message to .{1,200} couldn't be delivered",
            r"the e-?mail (account|system) (does not exist|was unable to deliver)",
        ),
    ),
    (
        "exchange-vi",
        (
            r"(viec )?(gui|chuyen|phat)( thu)? (da )?(khong thanh cong|that bai) "
            r"(toi|cho|den|doi voi)",
            r"(thu|tin nhan|thong diep|email) cua ban (da )?(khong|chua) (the )?"
            r"(duoc )?(gui|den|toi|chuyen|phat)",
            r"khong (the )?(gui|chuyen|phat) (duoc )?(thu|tin nhan|thong diep|email)",
            r"thong tin chan doan (danh )?cho (nguoi )?quan tri",
            r"thu (cua ban )?(da )?bi tra lai",
        ),
    ),
    (
        "gmail",
        (
            r"delivery to the following recipients? failed permanently",
            r"your message wasn't delivered to .{1,200} because",
            r"address not found",
            r"message (not delivered|blocked)",
            r"khong tim thay dia chi",
        ),
    ),
    (
        "yahoo",
        (
            r"sorry, we were unable to deliver your message to the following",
            r"unable to deliver message to the following address",
        ),
    ),
    (
        "domino",
        (
            r"not listed in (the )?(domino|public name|public)",
            r"your message:? .{1,300} was not delivered to",
            r"\bnotes error\b|router: failed to connect",
        ),
    ),
    (
        "mail.ru",
        (
            r"это письмо создано автоматически сервером mail\.ru",
            r"(письмо|сообщение).{0,60} не (может быть |было |удалось )?доставлен",
            r"не удалось доставить",
        ),
    ),
    (
        "groupwise",
        (r"the message that you sent was undeliverable to the following",),
    ),
    ("communigate", (r"failed to deliver to '", r"message cannot be delivered")),
    (
        "courier",
        (
            r"undeliverable mail -- your message to the following recipients",
            r"this is a delivery status notification from",
        ),
    ),
    (
        "opensmtpd",
        (
            r"this is the mailer-daemon, please do not reply to this",
            r"an error has occurred while attempting to deliver a message for",
        ),
    ),
    ("imail", (r"undeliverable (to|mail):? ?<?\S+@", r"unknown user: ?<?\S+@")),
    ("mailenable", (r"message could not be delivered to some recipients",)),
    ("mdaemon", (r"this message (contains|is) .{0,40}mdaemon|mdaemon has",)),
    ("kerio", (r"your mail message to the following recipients could not",)),
    ("mimecast", (r"message delivery failure (warning|notification)",)),
    ("qq", (r"您的邮件被退回|退信原因|邮件.{0,10}(无法|未能).{0,6}(投递|送达)",)),
    (
        "other",
        (
            r"could not be delivered to the following",
            r"delivery (to the following recipients? )?(has )?failed",
            r"(was|were) not delivered to the following",
            r"(message|mail|e-?mail) .{0,80}(could not be|was not|cannot be) delivered",
            r"unable to deliver (your|the|this) (message|mail)",
            r"was automatically rejected|did not reach the following recipient",
            r"to the following recipients? (was|has been) (aborted|delayed)",
            r"invalid final delivery userid|no valid recipients were found",
            r"undeliver(able|ed) (mail|message)",
            r"nachricht .{0,60}(konnte )?nicht zugestellt",
            r"n'a pas (pu )?etre (remis|delivre|distribue)",
        ),
    ),
)
"""Name of the program → what only its bounces say at the beginning."""

WARNINGS: tuple[str, ...] = (
    r"this is a warning message only",
    r"you do not need to resend",
    r"has not (yet )?been delivered to (one|all|any)",
    r"(will|i'll) (keep|continue to?) (try|be retried|retry|attempt)",
    r"delivery (incomplete|attempts will continue)",
    r"(message|delivery) (is |was )?delayed",
    r"no action is required on your part|you will be notified if (the|your) message",
    r"there was a temporary problem (while )?deliver",
    r"could not send message for past",
    r"(se|van|dang) (tiep tuc|con) (thu|gui)|gui chua hoan tat|bi (tri hoan|cham)",
)
"""Said of a mail that is still being tried."""

SUBJECTS: tuple[str, ...] = (
    r"un-?deliver(able|ed)|delivery (status )?(notification|failure|report)",
    r"delivery (has )?failed|fail(ed|ure) delivery|failure notice|returned (mail|to)",
    r"mail (delivery|system) (failed|error|failure|problem)|message (un|not )deliver",
    r"nondeliverable|non-?delivery|rejected (mail|message)|could not be delivered",
    r"^khong (the )?(gui|chuyen|phat)( duoc| thu|:)|khong gui duoc|(bi )?tra lai",
    r"gui (thu )?(khong thanh cong|that bai)|thong bao (loi|tinh trang) (gui|chuyen)",
    r"недоставлен|не доставлен|unzustellbar|non remis|echec de la remise|退信|系统退信",
    r"配信.{0,6}(失敗|不能)|mailer-daemon|no entregado|undelivered",
)
"""Of bounces; counts only where a mail system wrote it."""

DAEMONS = (
    r"mailer-?daemon|postmaster|mail delivery (sub)?system|mail ?delivery|"
    r"<>$|microsoftexchange[0-9a-f]{8}|mdaemon@|bounces?@|no-?reply@.*mail\.ru"
)
"""Who writes bounces."""

COPY_BEGINS = (
    r"^-+ ?(below this line is a copy of the message|a copy of the message"
    r"|this is a copy of (the|your) message|original message|message header follows"
    r"|the (header|body) of the (original )?message|unsent message below"
    r"|(undelivered|returned) message follows|(thu|tin nhan|thong diep) goc)"
    r"|^original message headers:|^message headers follow"
    r"|^received: from |^return-path:"
)
"""Lines after which our own mail begins, in folded text."""

ANSWERS: tuple[str, ...] = (
    r"^(re: |auto: ?|fwd: )*(out of (the )?office|away from (the |my )?(office|mail))",
    r"auto(matic|mated)?[- ]?(reply|response|answer|responder|acknowledg)",
    r"^(auto|automatic): |vacation (reply|notice|message|response)|on (annual )?leave",
    r"^(re: )?(thu )?(tra loi|phan hoi|hoi dap|thong bao) tu dong",
    r"^(re: )?tu dong (tra loi|phan hoi)|\((tra loi|phan hoi) tu dong\)",
    r"^(thong bao )?(toi )?(dang )?(nghi phep|vang mat|di cong tac|khong co mat)",
    r"abwesenheit|automatische antwort|reponse automatique|absence du bureau",
    r"respuesta automatica|fuera de( la)? oficina|risposta automatica|автоответ",
    r"自动(回复|答复)|自動(回覆|返信)|부재중|자동 ?(회신|응답)|out of office",
    r"i am (currently )?(out of|away)|thank you for (your (e-?mail|message)|contact)",
    r"(ticket|case|request) (#|id|number|received|created)",
    r"please (confirm|verify) (that )?(you|your (message|e-?mail|address))",
    r"boxtrapper|spamarrest|^challenge",
    r"^(read|delivered|da doc|not read|chua doc|gelesen|lu): ",
)
"""Subjects that programs write in answer to anything."""
