"""Settings: from the environment, from options, and what does not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.settings import BadSettings, Settings


def test_an_option_wins_over_the_environment_and_that_over_the_default() -> None:
    environment = {"CASEWORK_PORT": "9000", "CASEWORK_HOST": "::1", "OTHER": "x"}
    found = Settings.read(environment, port=9001, host=None, demo=None)
    assert (found.port, found.host, found.demo) == (9001, "::1", False)


def test_the_database_lies_in_the_data_folder_unless_it_has_a_url() -> None:
    environment = {"CASEWORK_DATA_DIR": "/var/casework"}
    assert Settings.read(environment).data_dir == Path("/var/casework")
    assert Settings.read(environment).url == "sqlite:////var/casework/casework.db"
    assert Settings.read(environment, database_url="postgresql://db").url == "postgresql://db"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("1", True), ("true", True), ("On", True), ("yes", True), ("0", False), ("off", False)],
)
def test_a_switch_may_be_written_in_several_ways(written: str, meant: bool) -> None:
    assert Settings.read({"CASEWORK_DEMO": written}).demo is meant


def test_everything_that_does_not_fit_is_told() -> None:
    with pytest.raises(BadSettings) as caught:
        Settings.read({"CASEWORK_PORT": "70000", "CASEWORK_DEMO": "perhaps"})
    assert caught.value.faults == {"port": "70000", "demo": "perhaps"}
