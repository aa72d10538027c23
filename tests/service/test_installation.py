"""An installation: made where nothing is, and never made anew over a loss."""

from pathlib import Path

import pytest

from mesure.machine.service_error import ServiceError
from mesure.service.installation import installation, key_files
from mesure.store.values.faults import KeyringError
from tests.service import installations


def test_what_was_begun_is_opened_again(tmp_path: Path) -> None:
    with installations.begin(tmp_path) as first:
        key = first.keyring.make_keys(["P-1"])["P-1"]
    with installations.begin(tmp_path) as second:
        assert second.keyring.find_key("P-1") == key
    with installation.open_installation(installations.settings(tmp_path)) as third:
        assert third.signing == first.signing


def test_nothing_is_opened_where_nothing_is(tmp_path: Path) -> None:
    with (
        pytest.raises(ServiceError, match="there is no data here; nothing was done"),
        installation.open_installation(installations.settings(tmp_path)),
    ):
        pass


@pytest.mark.parametrize("name", [key_files.DEVICES, key_files.LOG, "master.key", "keys.db"])
def test_a_key_that_is_lost_is_not_made_anew(tmp_path: Path, name: str) -> None:
    with installations.begin(tmp_path) as instance:
        lost = instance.folder.keys / name
    lost.unlink()
    with pytest.raises((ServiceError, KeyringError)), installations.begin(tmp_path):
        pass
    assert not lost.exists()


@pytest.mark.parametrize("name", [key_files.DEVICES, key_files.LOG, "keyring"])
def test_keys_of_another_installation_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "other").mkdir()
    with (
        installations.begin(tmp_path / "other") as other,
        installations.begin(tmp_path) as instance,
    ):
        theirs, ours = other.folder, instance.folder
    pairs = [(theirs.keys / name, ours.keys / name)]
    if name == "keyring":
        pairs = [(theirs.keyring, ours.keyring), (theirs.master_key, ours.master_key)]
    for their, our in pairs:
        our.write_bytes(their.read_bytes())
    with (
        pytest.raises(ServiceError, match="restore the keys that belong to this data"),
        installations.begin(tmp_path),
    ):
        pass


def test_another_name_is_another_log(tmp_path: Path) -> None:
    with installations.begin(tmp_path):
        pass
    with (
        pytest.raises(ServiceError, match=r"the log of this data is called 'log.example'") as no,
        installations.begin(tmp_path, name="other.example"),
    ):
        pass
    assert "the keys fit; name the settings of the service with --settings FILE" in str(no.value)


def test_no_log_is_begun_under_the_name_of_the_example(tmp_path: Path) -> None:
    with (
        pytest.raises(ServiceError, match="that of the example; it would stand in every"),
        installations.begin(tmp_path, name=installation.EXAMPLE_NAME),
    ):
        pass


def test_a_start_that_was_broken_off_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(installation, "_write_down", broken)
        with pytest.raises(KeyboardInterrupt), installations.begin(tmp_path):
            pass
    with installations.begin(tmp_path) as instance:
        assert instance.folder.is_used


def test_a_master_key_that_is_given_is_in_no_file(tmp_path: Path) -> None:
    with installations.begin(tmp_path, master_key="ab" * 32) as instance:
        assert not instance.folder.master_key.exists()
        key = instance.keyring.make_keys(["P-1"])["P-1"]
    with installations.begin(tmp_path, master_key="ab" * 32) as instance:
        assert instance.keyring.find_key("P-1") == key
    with pytest.raises(KeyringError), installations.begin(tmp_path, master_key="cd" * 32):
        pass
