"""Settings are read from the environment, all of them."""

import pytest

from gateway.settings import PREFIX, Settings, SettingsError, environment_of, read_settings


def test_every_setting_can_be_given_by_its_variable() -> None:
    """Among them are names that begin like variables which are no settings: `JUTONG_DEMO_KEYS`."""
    given = Settings(**{name: field.default for name, field in Settings.model_fields.items()})
    changed = given.model_copy(update={"demo_keys": True, "port": 8_123})
    environment = environment_of(Settings.model_validate(changed.model_dump(exclude_none=True)))
    assert environment[f"{PREFIX}DEMO_KEYS"] == "True"
    read = read_settings(environment)
    assert (read.demo_keys, read.port) == (True, 8_123)


def test_what_is_no_setting_is_refused_unless_others_read_it() -> None:
    read_settings({"JUTONG_DEMO_DATA": "/srv", "JUTONG_TEST_X": "1", "HOME": "/"})
    with pytest.raises(SettingsError, match="JUTONG_PROT is no setting"):
        read_settings({"JUTONG_PROT": "1"})
