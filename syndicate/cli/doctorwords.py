"""What ``doctor`` says: of each finding what is there, and what to do."""

from __future__ import annotations

from syndicate.cli.words import _

SAID = {
    "offline": (_("not looked at: --no-network"), ""),
    "unasked": (
        _("could not ask the DNS: {value}"),
        _("Call doctor again where there is a network."),
    ),
    "secret-set": (_("SYNDICATE_SECRET is set"), ""),
    "secret-none": (
        _("SYNDICATE_SECRET is not set"),
        _("Set it to at least 32 random characters, and keep it."),
    ),
    "report-set": (_("[desk] report_to is set"), ""),
    "report-none": (
        _("[desk] report_to is empty: nobody gets reports and alarms"),
        _("Name those who look after the desk."),
    ),
    "url-https": (_("readers reach us by https"), ""),
    "url-loopback": (
        _("base_url is this machine: nobody else can follow the links in mails"),
        _("Set [site] base_url to the public https address."),
    ),
    "url-clear": (
        _("base_url is not https: one-click unsubscribe is not allowed there"),
        _("Serve the desk by https, and say so in [site] base_url."),
    ),
    "sender-none": (
        _("there is no sender: {value}"),
        _("Set sender in [mail], or contact in [site]."),
    ),
    "spf-found": ("{value}", ""),
    "spf-none": (
        _("no SPF record"),
        _("Publish a TXT record there that names your relays: v=spf1 … -all"),
    ),
    "spf-several": (
        _("several SPF records, which is as good as none: {value}"),
        _("Make one record of them."),
    ),
    "spf-everybody": (
        _("it lets everybody send: {value}"),
        _("End it with -all or ~all."),
    ),
    "dmarc-found": ("{value}", ""),
    "dmarc-none": (
        _("no DMARC record, neither there nor above"),
        _("Publish a TXT record at _dmarc.{about}, at first: v=DMARC1; p=none"),
    ),
    "dmarc-several": (
        _("several DMARC records, which is as good as none"),
        _("Leave one of them."),
    ),
    "dmarc-broken": (
        _("a DMARC record without a policy: {value}"),
        _("Say p=none, p=quarantine or p=reject in it."),
    ),
    "dkim-same": (_("the published key is the one that we sign with"), ""),
    "dkim-unsigned": (
        _("mails are not signed"),
        _("Make a key: `syndicate digest dkim`"),
    ),
    "dkim-broken": (
        _("mails cannot be signed: {value}"),
        _("Mend the key or its settings; no mail leaves before."),
    ),
    "dkim-none": (
        _("our key is not published"),
        _("Publish what `syndicate digest dkim --show` prints."),
    ),
    "dkim-several": (
        _("several records, of which receivers take any one"),
        _("Leave the one that `syndicate digest dkim --show` prints."),
    ),
    "dkim-other": (
        _("another key is published than the one that we sign with: {value}"),
        _("Publish what `syndicate digest dkim --show` prints, or set that key."),
    ),
    "dkim-revoked": (
        _("the published record revokes the key: {value}"),
        _("Make a new key under another selector: `syndicate digest dkim`"),
    ),
    "dkim-forbids": (
        _("the published record does not allow our signature: {value}"),
        _("Publish what `syndicate digest dkim --show` prints."),
    ),
    "dkim-testing": (
        _("the published record says t=y: receivers may take mails as unsigned"),
        _("Take t=y out when mails arrive."),
    ),
    "bounces-unset": (
        _("bounce_domain is not set: bounces go to mailboxes of the sender's domain"),
        _("Set bounce_domain in [mail] to a domain whose mail the desk gets."),
    ),
    "mx-found": (_("bounces go to {value}"), ""),
    "mx-none": (
        _("no MX record: bounces reach nobody"),
        _("Publish an MX record there."),
    ),
    "mx-refuses": (
        _("its MX record says that it takes no mail"),
        _("Publish the host that takes bounces, or set another bounce_domain."),
    ),
    "mx-implicit": (
        _("no MX record; bounces go to the host of that name"),
        _("Publish an MX record there."),
    ),
    "relay-none": (_("a folder or a program: there is no line to look at"), ""),
    "relay-answers": (_("it answers: {value}"), ""),
    "relay-fails": (
        _("it cannot be used: {value}"),
        _("Check its url in [mail], its user and password, and the relay."),
    ),
    "tls-good": (_("TLS, with a certificate until {value}"), ""),
    "tls-ends": (
        _("TLS, with a certificate only until {value}"),
        _("See that it is renewed: after that day no mail leaves."),
    ),
    "tls-local": (_("in clear, on this machine"), ""),
    "tls-offered": (
        _("in clear, though it offers STARTTLS"),
        _("Write ?starttls=1 after its url."),
    ),
    "tls-none": (
        _("in clear: what is sent can be read on the way"),
        _("Use a relay with TLS: smtps://HOST or smtp://HOST?starttls=1"),
    ),
    "ptr-found": (_("it is called {value}, and that leads back to it"), ""),
    "ptr-none": (
        _("the address has no name (PTR)"),
        _("Let whoever gave you the address set one."),
    ),
    "ptr-oneway": (
        _("it is called {value}, which does not lead back to it"),
        _("Publish an A or AAAA record of that name with the address."),
    ),
    "ptr-private": (
        _("not to be seen from outside"),
        _("Check by hand that the address from which mail leaves has a name (PTR)."),
    ),
}
"""Code → (what was found, what to do)."""

LEVELS = {
    "ok": _("ok"),
    "warn": _("warn"),
    "fail": _("fail"),
    "skipped": _("skipped"),
}
