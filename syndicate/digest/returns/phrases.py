"""What programs say of a mail that failed, and the code that it amounts to.

Patterns are compared with folded text: lower case, no marks, straight apostrophes, one
space between words. The first group that fits counts, so their order is part of what
they say.
"""

from __future__ import annotations

PHRASES: tuple[tuple[str, tuple[str, ...]], ...] = (
    # What we sent, or who we are: no fault of the member. First, because a refusal of
    # this kind may call the address "rejected", too.
    (
        "5.7.1",
        (
            r"spamhaus|spamcop|barracuda|sorbs|\bdns ?[br]l\b|\brbl\b",
            r"block ?list|black ?list|blocked (using|by|because|due)",
            r"listed (at|in|on) [\w.]*\.(org|net|com)",
            r"(poor|ip|sender|domain|bad) reputation",
            r"\bspf\b|\bdkim\b|\bdmarc\b",
            r"unsolicited|bulk e?-?mail|\bspam\b|\bvirus\b|malware|phishing",
            r"policy (reasons?|violation|rejection)|against .{0,20}policy",
            r"content (was )?(rejected|restrictions?|filter)",
            r"administrative prohibition|not (accepted|allowed) from your",
            r"rate limit|too many (messages|connections)",
            r"receiving mail (at a rate|too quickly)",
            r"thu rac|vi pham chinh sach|danh sach (den|chan)|bi chan",
            r"被拒绝.{0,20}垃圾|垃圾邮件|спам",
        ),
    ),
    (
        "5.2.2",
        (
            r"mail ?box (is |size |storage )*(full|limit|exceeded)",
            r"(user|inbox|folder|mail ?folder)( \S+){0,3}? (is )?full",
            r"space not enough|reached (\S+ ){0,3}quota",
            r"over ?quota|over (the |its |their )?(storage |disk )?quota",
            r"quota (is |has been |was )?(exceeded|full|reached)",
            r"exceed(s|ed|ing)? (\S+ ){0,4}(quota|storage|limit)",
            r"out of (storage|disk) ?space|(no|not enough) (storage|space|room)",
            r"insufficient (system |disk )?(storage|space)",
            r"hop thu (\S+ ){0,4}(day|het dung luong)|day hop thu|het dung luong",
            r"(vuot|qua) (qua )?(han muc|dung luong|han ngach)",
            r"(邮箱|信箱).{0,6}(已满|空间不足)|ящик переполнен|переполнен",
        ),
    ),
    (
        "5.2.3",
        (
            r"message (is |was )?(size|too (large|big|long))|too large for|size limit",
            r"(thu|tin nhan) (\S+ ){0,3}qua lon|kich thuoc (thu|tin nhan)",
        ),
    ),
    (
        "5.2.0",
        (
            r"temporar(y|ily) (\S+ ){0,2}(unavailable|disabled|suspended|inactive)",
            r"tam thoi (\S+ ){0,3}(khong|ngung|khoa)",
        ),
    ),
    (
        "5.1.1",
        (
            r"unknown (user|recipient|account|mailbox|local.?part|addressee)",
            r"no such (user|recipient|mail ?box|account|address|person|local user)",
            r"(user|account|mail ?box|recipient|address|addressee|member|alias)"
            r"( \S+){0,4}? (does(n't| not) exist|(is )?unknown|(is )?invalid)",
            r"(user|account|mail ?box|recipient|address|addressee|member|alias)"
            r"( \S+){0,4}? not (be )?(found|known|exist|exists|listed|local|valid)",
            r"(user|account|mail ?box|recipient|address|addressee|member|alias)"
            r"( \S+){0,6}? (disabled|inactive|deactivated|closed|terminated|deleted)",
            r"(user|account|mail ?box|recipient|address|addressee|member|alias)"
            r"( \S+){0,4}? no longer (available|exists?|active|valid|in use|works)",
            r"does(n't| not) have an? [\w.]+ account",
            r"(invalid|not a valid|bad) (recipient|mail ?box|address|user|destination)",
            r"address (couldn't|could not|wasn't|was not|not) (be )?found",
            r"recip(ient)?notfound|no mail ?box (here )?by that name|not our customer",
            r"no valid recipients?\b|recipient address rejected: access denied",
            r"mailbox (is )?(unavailable|not available)|undeliverable address",
            r"this account (has been|is) (disabled|discontinued)",
            r"not listed in (the |public )?(domino|public|name|directory)",
            r"no longer (with|at|works? for|employed) ",
            r"(dia chi|nguoi nhan|nguoi dung|tai khoan|hop thu|email)"
            r"( \S+){0,6}? (khong ton tai|khong hop le|khong dung|khong con)",
            r"(dia chi|nguoi nhan|nguoi dung|tai khoan|hop thu|email)"
            r"( \S+){0,6}? (da bi (xoa|vo hieu|khoa)|ngung hoat dong)",
            r"(dia chi|nguoi nhan|nguoi dung|tai khoan|hop thu|email)"
            r"( \S+){0,6}? khong (the |duoc )?tim thay",
            r"khong (the )?tim thay (\S+ ){0,3}(dia chi|nguoi nhan|nguoi dung)",
            r"khong (the )?tim thay (\S+ ){0,3}(tai khoan|hop thu)",
            r"khong ton tai (dia chi|nguoi nhan|nguoi dung|tai khoan|hop thu)",
            r"khong co (nguoi dung|nguoi nhan|tai khoan|hop thu) (nay|nhu vay)",
            r"пользовател\w* не (наиден|найден|существует)",
            r"нет такого (пользователя|ящика|адреса)",
            r"(ящик|адрес).{0,30}не (существует|наиден|найден)|ящик.{0,20}отключен",
            r"(用户|收件人|帐号|账号|地址|邮箱).{0,6}不存在|宛先.{0,10}存在しません",
            r"unbekannte[rn]? (empfanger|benutzer)",
            r"empfanger.{0,20}(nicht gefunden|unbekannt)",
            r"(utilisateur|destinataire) inconnu|adresse.{0,20}introuvable",
            r"adresse .{0,60}n'existe pas",
            r"usuario desconocido|no existe (el|la|esta) ",
        ),
    ),
    (
        "5.1.2",
        (
            r"(domain|host)( name)? (is |was )?(not found|unknown)",
            r"(domain|host)( name)? does(n't| not) exist",
            r"no such (domain|host)|unknown (domain|host)",
            r"unroute?able (mail domain|address)|null mx|does not accept (any )?mail",
            r"all relevant mx records point to non-existent",
            r"couldn't find any host (by that name|named)",
            r"(domain|host) .{0,60}(wasn't|couldn't be|could not be) found",
            r"ten mien (\S+ ){0,4}khong (ton tai|tim thay)",
        ),
    ),
    (
        "4.4.7",
        (
            r"retry time(out)? (not reached|exceeded)|(message|delivery time) expired",
            r"connection (timed out|refused|lost|dropped)|timed? ?out",
            r"(couldn't|could not|unable to|cannot) (connect|establish)",
            r"giving up|given up after|in the queue too long|no route to host",
            r"network (is )?unreachable|server (is )?(not responding|unavailable|busy)",
            r"be delivered within|(will|i'll) try again|temporar(y|ily)",
            r"khong (the )?ket noi|het thoi gian|thu lai sau",
        ),
    ),
)
