from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from syndicate.digest.post.keys import (
    ED25519_VARIABLE,
    RSA_VARIABLE,
    ed25519_key,
    new_ed25519,
    new_rsa,
    rsa_key,
)
from syndicate.errors import MailError


def pem_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, lock: str = "") -> str:
    how = BestAvailableEncryption(lock.encode()) if lock else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how).decode()


def test_new_keys_are_read_and_can_be_published() -> None:
    signing = rsa_key("r1", new_rsa())
    assert signing.record.startswith("v=DKIM1; k=rsa; p=MIIB")
    assert (
        len(ed25519_key("e1", new_ed25519()).record)
        == len("v=DKIM1; k=ed25519; p=") + 44
    )


def test_a_key_in_the_old_form_of_openssl_is_read() -> None:
    key = rsa.generate_private_key(65537, 2048)
    old = key.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    ).decode()
    assert old.startswith("-----BEGIN RSA")
    assert rsa_key("r1", f"\n{old}\n\n").algorithm == "rsa-sha256"


def test_a_key_of_1024_bits_is_refused_and_it_is_said_what_to_do() -> None:
    weak = pem_of(rsa.generate_private_key(65537, 1024))  # noqa: S505 - it is refused
    with pytest.raises(MailError, match=r"1024 bits.*2048.*syndicate digest dkim"):
        rsa_key("r1", weak)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "file:secret/of/mine.pem",
        "-----BEGIN PRIVATE KEY-----\nU0VDUkVU\n-----END PRIVATE KEY-----",
        "U0VDUkVU" * 40,
        "-----BEGIN CERTIFICATE-----\nU0VDUkVU\n-----END CERTIFICATE-----",
        "mật khẩu U0VDUkVU",
    ],
)
def test_what_is_no_key_is_refused_by_the_name_of_its_variable(wrong: str) -> None:
    for read, variable in ((rsa_key, RSA_VARIABLE), (ed25519_key, ED25519_VARIABLE)):
        with pytest.raises(MailError) as caught:
            read("s1", wrong)
        assert variable in str(caught.value)
        assert "U0VDUkVU" not in str(caught.value)
        assert caught.value.__cause__ is None


def test_a_locked_key_is_refused() -> None:
    locked = pem_of(rsa.generate_private_key(65537, 2048), lock="mk")
    with pytest.raises(MailError, match="locked with a password"):
        rsa_key("r1", locked)


def test_a_key_of_another_kind_is_refused() -> None:
    with pytest.raises(MailError, match=f"{RSA_VARIABLE}.*none for RSA"):
        rsa_key("r1", new_ed25519())
    with pytest.raises(MailError, match=f"{ED25519_VARIABLE}.*none for Ed25519"):
        ed25519_key("e1", pem_of(ec.generate_private_key(ec.SECP256R1())))


@pytest.mark.parametrize("selector", ["", "-a", "a b", "a;b", "a..b", "ă", "a\r\nb"])
def test_a_key_without_a_sound_selector_is_refused(selector: str) -> None:
    with pytest.raises(MailError, match="dkim_ed25519_selector"):
        ed25519_key(selector, new_ed25519())
