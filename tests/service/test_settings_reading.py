"""Settings: what counts before what, and a sentence for each that is wrong."""

from pathlib import Path

import pytest

from mesure.orders.text.order_faults import OrderError
from mesure.service.installation import settings_reading
from mesure.service.installation.settings import Settings


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*map(settings_reading.environment_name, Settings.model_fields), "MESURE_SETTINGS"):
        monkeypatch.delenv(name, raising=False)


def read_faults(options: dict[str, object], file: Path | None = None) -> list[str]:
    with pytest.raises(OrderError) as refused:
        settings_reading.load(options, file)
    return str(refused.value).splitlines()


def test_nothing_need_be_set() -> None:
    settings = settings_reading.load({})
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.key_folder == Path("mesure-data/keys")


def test_the_command_line_counts_before_the_environment_and_that_before_secrets_and_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, secrets = tmp_path / "mesure.toml", tmp_path / "secrets"
    file.write_text('port = 1\nhost = "0.0.0.0"\nname = "a"\nmqtt_name = "u"\n')
    secrets.mkdir()
    (secrets / "mesure_mqtt_name").write_text("from a secret\n")
    (secrets / "mesure_name").write_text("b")
    monkeypatch.setenv("MESURE_SECRETS", str(secrets))
    monkeypatch.setenv("MESURE_SETTINGS", str(file))
    monkeypatch.setenv("MESURE_NAME", "c")
    monkeypatch.setenv("MESURE_PORT", "2")
    settings = settings_reading.load({"port": 3, "data": None})
    assert (settings.port, settings.name, settings.mqtt_name) == (3, "c", "from a secret")
    assert (settings.host, settings.data) == ("0.0.0.0", Path("mesure-data"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", 'port = 90\ntrusted_proxies = ["10.0.0.0/8", "::1"]\nmqtt_tls = true\n'),
        ("a.toml", 'port = "90"\ntrusted_proxies = "10.0.0.0/8, ::1"\nmqtt_tls = "yes"\n'),
        ("a.yaml", "port: 90\ntrusted_proxies: [10.0.0.0/8, '::1']\nmqtt_tls: true\n"),
        ("a.yml", "port: '90'\ntrusted_proxies: 10.0.0.0/8, ::1\nmqtt_tls: 1\n"),
    ],
)
def test_a_file_may_be_toml_or_yaml(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    settings = settings_reading.load({}, tmp_path / name)
    assert (settings.port, settings.mqtt_tls) == (90, True)
    assert settings.trusted_proxies == ("10.0.0.0/8", "::1")


def test_every_fault_is_a_sentence_of_where_and_what_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mesure.toml"
    file.write_text('workers = 0\nclock_step_s = "x"\ndatabse_url = "y"\nport = 70000\n')
    monkeypatch.setenv("MESURE_PUBLIC_URL", "ftp://x")
    monkeypatch.setenv("MESURE_TRUSTED_PROXIES", "10.0.0.0/8,nowhere")
    monkeypatch.setenv("MESURE_PROT", "80")
    monkeypatch.setenv("MESURE_NAME", "two words")
    monkeypatch.setenv("MESURE_MQTT_TLS", "perhaps")
    lines = read_faults({"port": "http"}, file)
    assert sorted(line.split(":")[0] for line in lines) == sorted(
        [
            "MESURE_PROT", str(file), "--port", f"{file}, workers", f"{file}, clock_step_s",
            "MESURE_PUBLIC_URL", "MESURE_TRUSTED_PROXIES", "MESURE_NAME", "MESURE_MQTT_TLS",
        ]
    )  # fmt: skip
    assert (
        "MESURE_PROT: there is no setting “prot”; nothing was started; did you mean port?" in lines
    )
    assert (
        "--port: “http” is no whole number; nothing was started; write a number from 0 to 65535."
        in lines
    )
    assert all(line.endswith((".", "?")) for line in lines)


def test_a_stray_alone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESURE_NOTHING_LIKE_IT", "1")
    assert read_faults({}) == [
        (
            "MESURE_NOTHING_LIKE_IT: there is no setting “nothing_like_it”; nothing was started; "
            "see docs/settings.md for those there are."
        )
    ]


@pytest.mark.parametrize("key", ["zz", "ab" * 31, "0x" + "ab" * 31])
def test_a_wrong_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("MESURE_MASTER_KEY", key)
    [line] = read_faults({})
    assert key not in line
    assert line.startswith("MESURE_MASTER_KEY: what is written there is no key;")
    monkeypatch.setenv("MESURE_MASTER_KEY", "ab" * 32)
    assert "ab" * 32 not in repr(settings_reading.load({}))


@pytest.mark.parametrize(
    "options",
    [
        {"tls_certificate": "a.pem"},
        {"tls_key": "a.key"},
        {"tls_certificate": "a.pem", "tls_key": "a.key", "tls_self_signed": True},
        {"mail_host": "localhost"},
    ],
)
def test_what_goes_together_is_asked_for_together(options: dict[str, object]) -> None:
    [line] = read_faults(options)
    assert line.startswith(("settings: tls_", "settings: mail_"))


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [("a.toml", "port: 80", "no TOML"), ("a.yaml", "- port", "a.yaml"), ("a.toml", "\0", "TOML")],
)
def test_a_file_that_is_none_is_a_sentence(tmp_path: Path, name: str, text: str, word: str) -> None:
    (tmp_path / name).write_text(text)
    assert word in read_faults({}, tmp_path / name)[0]
    assert "no such file" in read_faults({}, tmp_path / "nowhere.toml")[0]
    (tmp_path / "large.toml").write_text("#" * (settings_reading.FILE_BYTES_MAX + 1))
    assert "too large" in read_faults({}, tmp_path / "large.toml")[0]
