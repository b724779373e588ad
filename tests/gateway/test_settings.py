"""Settings are read from the environment, all of them."""

from pathlib import Path

import pytest

from gateway.settings import (
    MIN_SECRET,
    NEVER_EMPTY,
    PREFIX,
    Settings,
    SettingsError,
    environment_of,
    read_secret,
    read_settings,
)


def test_every_setting_can_be_given_by_its_variable() -> None:
    """Among them are names that begin like variables which are no settings: `JUTONG_DEMO_KEYS`."""
    given = Settings(**{name: field.default for name, field in Settings.model_fields.items()})
    changed = given.model_copy(update={"demo_keys": True, "port": 8_123})
    environment = environment_of(Settings.model_validate(changed.model_dump(exclude_none=True)))
    assert environment[f"{PREFIX}DEMO_KEYS"] == "True"
    read = read_settings(environment)
    assert (read.demo_keys, read.port) == (True, 8_123)


@pytest.mark.parametrize(
    "url",
    [
        "redis:s3cr3t@cache.example",
        "redis://:s3cr3t/x@cache.example:6379/0",
        "redis://:s3cr3t#x@cache.example:6379/0",
        "redis://gw:s3cr3t@cache.example:port/0",
        "redis://gw:s3cr3t@cache.example/first",
        "redis://gw:s3cr3t@cache.example/0?ssl_ca_certs=/etc/ca.pem",
        "rediss://gw:s3cr3t@cache.example/0?ssl_cert_reqs=none",
        "rediss://gw:s3cr3t@cache.example/0?password=s3cr3t",
        "unix://gw:s3cr3t@/run/redis.sock",
        "http://gw:s3cr3t@cache.example",
    ],
)
def test_a_redis_that_nobody_could_reach_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^JUTONG_REDIS_URL: ") as refused:
        read_settings({"JUTONG_REDIS_URL": url})
    assert "s3cr3t" not in str(refused.value)
    assert "s3cr3t" not in repr(refused.value.__cause__)


def test_what_is_no_setting_is_refused_unless_others_read_it() -> None:
    read_settings({"JUTONG_DEMO_DATA": "/srv", "JUTONG_TEST_X": "1", "HOME": "/"})
    with pytest.raises(SettingsError, match="JUTONG_PROT is no setting"):
        read_settings({"JUTONG_PROT": "1"})


def test_an_empty_variable_is_as_if_it_were_not_set() -> None:
    """As compose and Kubernetes make it of what nobody has set."""
    fields = Settings.model_fields.keys() - set(NEVER_EMPTY)
    assert read_settings({f"{PREFIX}{name.upper()}": "" for name in fields}) == Settings()
    assert read_settings({}, host="") == Settings()


@pytest.mark.parametrize("name", ["JUTONG_STATE", "JUTONG_SECRET"])
def test_what_all_that_is_kept_hangs_on_is_not_guessed(name: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} is empty"):
        read_settings({name: ""})


@pytest.mark.parametrize("secret", ["x", " " * MIN_SECRET, "x" * (MIN_SECRET - 1) + "\n"])
def test_a_short_secret_is_refused_and_not_told(tmp_path: Path, secret: str) -> None:
    with pytest.raises(
        SettingsError, match=r"^JUTONG_SECRET is too short: .* 16 characters.*token_urlsafe"
    ) as told:
        read_secret(read_settings({"JUTONG_SECRET": secret}))
    assert "xx" not in str(told.value)
    (tmp_path / "secret").write_text(secret, encoding="ascii")
    with pytest.raises(SettingsError, match="/secret is too short"):
        read_secret(read_settings({"JUTONG_STATE": str(tmp_path)}))


def test_a_secret_is_as_it_was_set_or_made_once(tmp_path: Path) -> None:
    long = "x" * MIN_SECRET
    assert read_secret(read_settings({"JUTONG_SECRET": long})) == long.encode()
    settings = read_settings({"JUTONG_STATE": str(tmp_path)})
    assert read_secret(settings) == read_secret(settings) == (tmp_path / "secret").read_bytes()
