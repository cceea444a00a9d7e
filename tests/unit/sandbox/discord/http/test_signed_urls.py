"""Attachment addresses hold for a time, and only as they were signed."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from sandbox.discord.http.signed_urls import UrlSigner

PATH = "/attachments/1/2/cat.png"
ISSUED = 0x66000000
LIFETIME = 3600


class Clock:
    def __init__(self) -> None:
        self.now: float = ISSUED

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def signer(clock: Clock) -> UrlSigner:
    return UrlSigner(b"secret", clock, LIFETIME)


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def test_a_signed_path_tells_its_times_in_hexadecimal_and_ends_in_an_ampersand(signer: UrlSigner) -> None:
    url = signer.sign(PATH)

    assert url.startswith(f"{PATH}?ex={ISSUED + LIFETIME:x}&is={ISSUED:x}&hm=")
    assert url.endswith("&")


def test_a_signed_path_holds_until_its_end(signer: UrlSigner, clock: Clock) -> None:
    query = query_of(signer.sign(PATH))

    clock.now = ISSUED + LIFETIME - 1
    assert signer.verify(PATH, query)
    clock.now = ISSUED + LIFETIME
    assert not signer.verify(PATH, query)


def test_a_signature_is_for_one_path(signer: UrlSigner) -> None:
    assert not signer.verify("/attachments/1/2/dog.png", query_of(signer.sign(PATH)))


@pytest.mark.parametrize(
    "change",
    [{"ex": "ffffffff"}, {"is": "0"}, {"hm": "00"}, {"hm": "ünsigned"}, {"ex": ""}],
)
def test_no_parameter_can_be_changed(signer: UrlSigner, change: dict[str, str]) -> None:
    assert not signer.verify(PATH, query_of(signer.sign(PATH)) | change)


def test_an_unsigned_path_does_not_hold(signer: UrlSigner) -> None:
    assert not signer.verify(PATH, {})


def test_another_secret_signs_nothing_for_us(signer: UrlSigner, clock: Clock) -> None:
    assert not signer.verify(PATH, query_of(UrlSigner(b"other", clock, LIFETIME).sign(PATH)))
