"""The settings with which a bot is spread over processes."""

import pytest
from pydantic import SecretStr

from bot.config import Settings, SettingsError, load_settings

PASSWORD = "s3cr3t-of-the-database"
ADDRESS = f"postgresql://reelcast:{PASSWORD}@db.example/reelcast"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DISCORD_TOKEN", "token")
    monkeypatch.setenv("SEGMIND_API_KEY", "key")
    return monkeypatch


def test_all_shards_are_meant_where_none_are_named(given: pytest.MonkeyPatch) -> None:
    given.setenv("SHARD_IDS", "")
    settings = load_settings(None)
    assert (settings.shard_count, settings.shard_ids) == (None, ())


@pytest.mark.parametrize(("ids", "shards"), [("0-3,7", (0, 1, 2, 3, 7)), ("2", (2,)), ("5, 1-2,1", (1, 2, 5))])
def test_shards_are_named_singly_and_in_ranges(given: pytest.MonkeyPatch, ids: str, shards: tuple[int, ...]) -> None:
    given.setenv("SHARD_COUNT", "8")
    given.setenv("SHARD_IDS", ids)
    assert load_settings(None).shard_ids == shards


@pytest.mark.parametrize("ids", ["8", "0-8", "-1", "a", "1,,2", "0-99999999999999", "3-", "3-1", "0,5-4"])
def test_shards_that_cannot_be_are_refused(given: pytest.MonkeyPatch, ids: str) -> None:
    given.setenv("SHARD_COUNT", "8")
    given.setenv("SHARD_IDS", ids)
    with pytest.raises(SettingsError, match=r"SHARD_IDS isn't valid\. Set it to shards like 0-3,7"):
        load_settings(None)


def test_shards_are_not_named_without_their_number(given: pytest.MonkeyPatch) -> None:
    given.setenv("SHARD_IDS", "0")
    with pytest.raises(SettingsError, match="each below SHARD_COUNT"):
        load_settings(None)


def test_a_database_server_has_no_file(given: pytest.MonkeyPatch) -> None:
    given.setenv("DATABASE_URL", ADDRESS)
    assert load_settings(None).database_file is None


@pytest.mark.parametrize("url", ["postgres://a@b/c", "postgresql://host", "mysql://a@b/c", "reelcast.db"])
def test_a_database_of_another_kind_is_refused(given: pytest.MonkeyPatch, url: str) -> None:
    given.setenv("DATABASE_URL", url)
    with pytest.raises(SettingsError, match=r"DATABASE_URL isn't valid\. Set it to sqlite:///"):
        load_settings(None)


def test_the_databases_password_is_kept_a_secret(given: pytest.MonkeyPatch) -> None:
    given.setenv("DATABASE_URL", ADDRESS)
    settings = load_settings(None)
    assert PASSWORD in settings.secrets
    assert PASSWORD not in repr(settings)
    assert isinstance(settings.discord_token, SecretStr)
