"""How the values of settings are read: each from the text that stands in the environment. Raises `ValueError`."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, SecretStr, TypeAdapter, ValidationInfo
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError
from yarl import URL

from bot.catalogue.models import DEFAULT, MODELS
from bot.media.hosts import AllowedHosts

MOST_SHARDS: Final = 100_000  # a safeguard; Discord starts a shard for every thousand servers
Prices = Mapping[str, Mapping[int, Decimal]]  # by model and duration


def _web_address(value: str) -> str:
    url = URL(value)
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError
    if url.user or url.password or url.query_string or url.fragment:
        raise ValueError
    return value.rstrip("/")


def checked_database(value: str) -> str:
    """Take a database's address as it is; raises `ValueError` where it is none of ours."""
    try:
        url = make_url(value)
    except ArgumentError:
        raise ValueError from None
    if url.drivername not in {"sqlite", "postgresql"} or not url.database:
        raise ValueError
    # A path after two slashes would be read as a host, a database in memory forgets what was paid, and SQLite's own
    # `file:` addresses can do either, and open for reading only.
    # An @ in a password makes its rest part of the host.
    if "@" in (url.host or "") or not 0 < (url.port or 1) < 1 << 16:
        raise ValueError
    if url.drivername == "sqlite" and (url.host or url.database.startswith((":memory:", "file:"))):
        raise ValueError
    return value


def read_shards(value: object, info: ValidationInfo) -> tuple[int, ...]:
    """Read `0-3,7`. All of `SHARD_COUNT` shards are meant by none being named."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        shards = set(TypeAdapter(list[int]).validate_python(value))
    else:
        shards: set[int] = set()
        for part in str(value).split(","):
            first, dash, last = part.partition("-")
            named = range(int(first), min(int(last if dash else first), MOST_SHARDS) + 1)
            if not named:
                raise ValueError
            shards.update(named)
    count = info.data.get("shard_count")
    if shards and (count is None or min(shards) < 0 or max(shards) >= count):
        raise ValueError
    return tuple(sorted(shards))


def _hosts(value: object) -> AllowedHosts:
    if isinstance(value, AllowedHosts):
        return value
    entries = [part.strip() for part in str(value).split(",") if part.strip()]
    if not entries:
        raise ValueError
    return AllowedHosts.parse(entries)


def read_models(value: object) -> tuple[str, ...]:
    """Read names of models, the default first."""
    parts = value.split(",") if isinstance(value, str) else TypeAdapter(list[str]).validate_python(value)
    slugs = tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if not slugs or not set(slugs) <= MODELS.keys():
        raise ValueError
    return slugs


def read_prices(value: object, info: ValidationInfo) -> Mapping[str, Mapping[int, Decimal]]:
    """Read `5=1.35,10=2.70` for the default model, and after a `;` others', like `some-model:5=0.92,10=1.84`."""
    models: tuple[str, ...] = info.data.get("segmind_models") or (DEFAULT.slug,)
    if isinstance(value, Mapping):
        read = TypeAdapter(dict[str, dict[int, Decimal]]).validate_python(value)
    else:
        read: dict[str, dict[int, Decimal]] = {}
        for part in filter(str.strip, str(value).split(";")):
            slug, _, prices = part.rpartition(":")
            slug = slug.strip() or models[0]
            if slug in read:
                raise ValueError
            read[slug] = _by_duration(prices)
    for slug, prices in read.items():
        model = MODELS.get(slug)
        if model is None or set(prices) != set(model.durations):
            raise ValueError
        if not all(price.is_finite() and price > 0 for price in prices.values()):
            raise ValueError
    return read


def _by_duration(text: str) -> dict[int, Decimal]:
    prices: dict[int, Decimal] = {}
    for part in text.split(","):
        duration, _, price = part.partition("=")
        try:
            prices[int(duration)] = Decimal(price.strip())
        except (ValueError, InvalidOperation):
            raise ValueError from None
    return prices


def _secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]
Hosts = Annotated[AllowedHosts, BeforeValidator(_hosts)]
Secret = Annotated[SecretStr, AfterValidator(_secret)]
