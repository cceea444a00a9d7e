"""Settings from the environment and `.env`: the right ones are read, every wrong one is named at once."""

import os
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from bot.catalogue.models import DEFAULT, MODELS
from bot.config import Settings, SettingsError, env_file_troubles, ignored_proxy, load_settings, unknown_names
from tests.support.stranger import a_stranger

ROOT = Path(__file__).parents[3]
FRAMES = "kling-o1-image-to-video"
SECRETS = {"DISCORD_TOKEN": "MTIz.abc.def-ghi_jkl", "SEGMIND_API_KEY": "SG_0123456789abcdef"}
NAMES = [name.upper() for name in Settings.model_fields]
Load = Callable[..., Settings]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Load:
    """Give what loads settings from just these variables and these lines of a `.env`."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)

    def load(env_file: str = "", **environment: str) -> Settings:
        for name, value in (SECRETS | environment).items():
            monkeypatch.setenv(name, value)
        path = tmp_path / ".env"
        path.write_text(env_file)
        return load_settings(path)

    return load


def problems(load: Load, env_file: str = "", **environment: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(env_file, **environment)
    return caught.value.problems


def test_two_secrets_are_enough(load: Load) -> None:
    settings = load()
    assert settings.discord_token.get_secret_value() == SECRETS["DISCORD_TOKEN"]
    assert settings.segmind_api_key.get_secret_value() == SECRETS["SEGMIND_API_KEY"]
    assert settings.spend_limit_usd_per_day == Decimal(20)
    assert settings.spend_limit_usd_per_month is None
    assert settings.offer.models == (DEFAULT,)
    assert settings.database_file == Path("data/reelcast.db")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISCORD_TOKEN", "with spaces in it"),
        ("DISCORD_TOKEN", "tökén"),
        ("SEGMIND_API_KEY", "SG_01\x7f23"),
        ("DISCORD_API_URL", "discord.com/api"),
        ("DISCORD_API_URL", "ftp://discord.com"),
        ("SEGMIND_API_URL", "https://user:pass@api.segmind.com"),
        ("SEGMIND_API_URL", "https://:pass@api.segmind.com"),
        ("SEGMIND_HISTORY_URL", "https://api.segmind.com?key=1"),
        ("SEGMIND_STORAGE_URL", "https://"),
        ("SEGMIND_OUTPUT_HOSTS", "https://images.segmind.com"),
        ("SEGMIND_OUTPUT_HOSTS", " , "),
        ("ATTACHMENT_HOSTS", "cdn.discordapp.com:99999"),
        ("SEGMIND_MODELS", "../kling"),
        ("SEGMIND_MODELS", " , "),
        ("SEGMIND_MODELS", "kling-o1-image-to-video,kling-o9"),
        ("SEGMIND_REQUESTS_PER_MINUTE", "0"),
        ("SEGMIND_REQUESTS_PER_MINUTE", "many"),
        ("SEGMIND_MAX_IN_FLIGHT", "-1"),
        ("PRICES_USD", "1.35"),
        ("PRICES_USD", "5=1.35"),
        ("PRICES_USD", "5=1.35,10=free"),
        ("PRICES_USD", "5=0,10=2.70"),
        ("PRICES_USD", "5=NaN,10=2.70"),
        ("PRICES_USD", "5=1.35,10=2.70,15=4"),
        ("PRICES_USD", "kling-o9:5=1.35,10=2.70"),
        ("PRICES_USD", "5=1.35,10=2.70;5=1.40,10=2.80"),
        ("SPEND_LIMIT_USD_PER_DAY", "-1"),
        ("SPEND_LIMIT_USD_PER_DAY", "inf"),
        ("SPEND_LIMIT_USD_PER_DAY", "twenty"),
        ("SPEND_LIMIT_USD_PER_MONTH", "-0.01"),
        ("DATABASE_URL", "reelcast.db"),
        ("DATABASE_URL", "mysql://localhost/reelcast"),
        ("DATABASE_URL", "sqlite://data/reelcast.db"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "postgresql://reelcast:p@ss@localhost/reelcast"),
        ("DATABASE_URL", "postgresql://localhost:70000/reelcast"),
        ("SHARD_COUNT", "0"),
        ("SHARD_IDS", "1-"),
        ("HTTP_PORT", "65536"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_should_be_and_not_shown(load: Load, name: str, value: str) -> None:
    [problem] = problems(load, **{name: value})
    assert problem.startswith(f"{name} isn't valid. Set it to ")
    assert problem.endswith(".")
    assert value.strip(" ,") not in problem or value.strip(" ,") in (
        Settings.model_fields[name.lower()].description or ""
    )


def test_a_model_that_is_not_described_is_answered_with_those_that_are(load: Load) -> None:
    [problem] = problems(load, SEGMIND_MODELS="kling-o9")
    assert all(slug in problem for slug in MODELS)


def test_the_models_that_are_named_are_offered_the_first_as_the_default(load: Load) -> None:
    offer = load(SEGMIND_MODELS=f"{FRAMES}, {DEFAULT.slug}").offer
    assert [model.slug for model in offer.models] == [FRAMES, DEFAULT.slug]
    assert offer.default.slug == FRAMES


def test_prices_without_a_name_are_those_of_the_first_model(load: Load) -> None:
    offer = load(SEGMIND_MODELS=f"{FRAMES},{DEFAULT.slug}", PRICES_USD="5=1,10=2").offer
    assert offer.default.prices_usd == {5: 1, 10: 2}
    assert offer.models[1].prices_usd == DEFAULT.prices_usd


def test_prices_of_another_model_follow_its_name(load: Load) -> None:
    prices = f"5=1.40,10=2.80; {FRAMES}:5=0.90,10=1.80"
    offer = load(SEGMIND_MODELS=f"{DEFAULT.slug},{FRAMES}", PRICES_USD=prices).offer
    assert [dict(model.prices_usd) for model in offer.models] == [
        {5: Decimal("1.40"), 10: Decimal("2.80")},
        {5: Decimal("0.90"), 10: Decimal("1.80")},
    ]


def test_all_that_is_wrong_or_missing_is_named_at_once(load: Load) -> None:
    told = problems(load, DISCORD_TOKEN="", SEGMIND_API_KEY="not a key", HTTP_PORT="x", LOG_LEVEL="x")
    assert [line.partition(" ")[0] for line in told] == ["DISCORD_TOKEN", "SEGMIND_API_KEY", "HTTP_PORT", "LOG_LEVEL"]
    assert told[0].startswith("DISCORD_TOKEN is missing. Set it to the bot's token")


def test_no_secret_is_in_the_report_of_wrong_settings(load: Load) -> None:
    with pytest.raises(SettingsError) as caught:
        load(SEGMIND_API_KEY="SG_secret with spaces", HTTP_PORT="x")
    shown = f"{caught.value} {caught.value!r} {caught.value.problems}"
    assert "secret with" not in shown
    assert SECRETS["DISCORD_TOKEN"] not in shown
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_no_secret_is_in_what_settings_show_of_themselves(load: Load) -> None:
    settings = load(DATABASE_URL="postgresql://reel:hunter2@db/reelcast")
    shown = f"{settings} {settings!r} {settings.model_dump_json(exclude={'database_url'})}"
    for secret in settings.secrets:
        assert secret not in shown
    assert "hunter2" in settings.secrets


def test_a_value_in_env_is_read_and_one_in_the_environment_goes_before_it(load: Load) -> None:
    settings = load("HTTP_PORT=9001\nLOG_LEVEL=DEBUG\n", LOG_LEVEL="ERROR")
    assert settings.http_port == 9001
    assert settings.log_level == "ERROR"


def test_what_is_left_empty_has_its_default(load: Load) -> None:
    assert load("HTTP_PORT=\n", LOG_FORMAT="").http_port == 8080


def test_no_env_file_is_needed(load: Load, tmp_path: Path) -> None:
    load()
    assert load_settings(tmp_path / "nowhere").http_port == 8080


def test_an_env_file_that_is_no_text_is_named(load: Load, tmp_path: Path) -> None:
    load()
    path = tmp_path / "binary.env"
    path.write_bytes(b"DISCORD_TOKEN=\xff\xfe")
    with pytest.raises(SettingsError, match=r"binary\.env can't be read\. It should be a text file in UTF-8"):
        load_settings(path)


def test_the_example_holds_every_setting_with_its_default(load: Load) -> None:
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == set(NAMES)
    assert load(example) == load()


def test_shards_are_read_as_ranges(load: Load) -> None:
    assert load(SHARD_COUNT="8", SHARD_IDS="0-3,7").shard_ids == (0, 1, 2, 3, 7)


@pytest.mark.parametrize("quotes", ['""', "''", "\u201c\u201d", "``", '" ', " '", ["", '" '], [' "', '" ']])
@pytest.mark.parametrize(
    "name", ["DISCORD_TOKEN", "SEGMIND_API_KEY", "DATABASE_URL", "HTTP_PORT", "DATA_DIR", "PRICES_USD"]
)
def test_a_value_in_quotes_is_told_from_one_that_is_wrong(load: Load, name: str, quotes: str) -> None:
    [told] = problems(load, **{name: f"{quotes[0]}value{quotes[1]}"})
    assert told == f"{name} is in quotes. Remove the quotes."


@pytest.mark.parametrize(
    "name", ["DISCORD_TOKEN", "SEGMIND_API_KEY", "DATABASE_URL", "HTTP_PORT", "DATA_DIR", "LOG_LEVEL"]
)
def test_spaces_around_a_value_are_no_part_of_it(load: Load, name: str) -> None:
    value = {**SECRETS, "DATABASE_URL": "sqlite:///a b.db", "HTTP_PORT": "0", "DATA_DIR": "a b", "LOG_LEVEL": "DEBUG"}[
        name
    ]
    assert load(**{name: f" {value}\t\r"}) == load(**{name: value})


def test_quotes_in_the_file_are_no_part_of_a_value(load: Load) -> None:
    assert load("DATA_DIR=\"somewhere\"\nHTTP_PORT='9001'\n").data_dir == Path("somewhere")


def test_a_mark_that_an_editor_puts_before_the_file_is_no_part_of_the_first_name(load: Load) -> None:
    assert load("\ufeffHTTP_PORT=9001\n").http_port == 9001


@pytest.mark.parametrize("url", ["sqlite:///file:data/reelcast.db?uri=true", "sqlite:///file::memory:?uri=true"])
def test_an_address_of_sqlites_own_is_refused(load: Load, url: str) -> None:
    [told] = problems(load, DATABASE_URL=url)
    assert told.startswith("DATABASE_URL isn't valid")


def test_a_folder_in_the_files_place_and_lines_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("HTTP_PORT=0\nnot a line\nLOG_LEVEL='INFO\n")
    assert [trouble.partition(".env")[0] for trouble in env_file_troubles(file)] == ["line 2 of ", "line 3 of "]
    file.unlink()
    file.mkdir()
    [trouble] = env_file_troubles(file)
    assert "is a folder" in trouble
    file.rmdir()
    assert env_file_troubles(file) == []
    file.symlink_to("nowhere")
    [trouble] = env_file_troubles(file)
    assert "is a link to a file that isn't there" in trouble
    file.unlink()
    os.mkfifo(file)
    [trouble] = env_file_troubles(file)
    assert "is a pipe or a device" in trouble


def test_a_file_that_may_not_be_read_is_told_from_one_that_is_no_text() -> None:
    code = (
        "from bot.config import SettingsError, load_settings\n"
        "try: load_settings()\nexcept SettingsError as error: print(error)"
    )
    with a_stranger() as stranger:
        (stranger.folder / ".env").write_text("HTTP_PORT=1")
        (stranger.folder / ".env").chmod(0 if os.geteuid() else 0o600)
        said = stranger.python("-c", code).stdout
    assert said.strip() == ".env can't be read by this user. Give the file to the bot's user."


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SPEND_LIMT_USD_PER_DAY", "SPEND_LIMIT_USD_PER_DAY"),
        ("SEGMIND_MODEL", "SEGMIND_MODELS"),
        ("DISCORD_TOKN", "DISCORD_TOKEN"),
        ("SEGMIND_APIKEY", "SEGMIND_API_KEY"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("PRICE_USD", "PRICES_USD"),
    ],
)
@pytest.mark.parametrize("written", [True, False], ids=["in the file", "in the environment"])
def test_an_unknown_name_that_looks_like_a_setting_is_found_with_what_was_meant(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, meant: str, written: bool
) -> None:
    load(f"{name}=5\n" if written else "")
    if not written:
        monkeypatch.setenv(name, "5")
    assert unknown_names(tmp_path / ".env") == {name: meant}


@pytest.mark.parametrize(
    "name", ["HTTP_PROXY", "LANG", "POSTGRES_PASSWORD", "LOGNAME", "DATABASE", "PYTHONPATH", "HOME"]
)
def test_the_variables_of_other_programs_are_left_alone(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    load()
    monkeypatch.setenv(name, "5")
    assert unknown_names(tmp_path / ".env") == {}


def test_a_proxy_that_the_bot_does_not_use_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "http_proxy", "all_proxy", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert ignored_proxy() is None
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    assert ignored_proxy() == "HTTPS_PROXY"
