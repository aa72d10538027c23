"""Reading settings from their sources; for each wrong one, what to write instead."""

import difflib
import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, cast

from pydantic import SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from mesure.machine import file_loading
from mesure.orders.text import strings_yaml
from mesure.orders.text.order_faults import FAULTS_MAX, FileFault, FileFaults, OrderError, quote
from mesure.orders.text.strings_yaml import TextNode
from mesure.service.installation.settings import PREFIX, Settings

FILE: Final = "MESURE_SETTINGS"  # Names the settings file.
SECRETS: Final = "MESURE_SECRETS"  # Names a folder with a file for each secret.
CREDENTIALS: Final = "CREDENTIALS_DIRECTORY"  # The same, as systemd names it.
NOT_SETTINGS: Final = frozenset({FILE, SECRETS})
FILE_BYTES_MAX: Final = 1 << 20
WHY: Final = "nothing was started"


def load(options: Mapping[str, object], file: Path | None = None) -> Settings:
    """Return the settings; `options` are those of the command line.

    Raises `OrderError` with a sentence for each that is wrong.
    """
    named = os.environ.get(FILE)
    path = file or (Path(named) if named else None)
    written = {} if path is None else _read(path)
    options = {name: value for name, value in options.items() if value is not None}
    strays = [*_strays_of_environment(), *(_strays_of_file(path, written) if path else ())]
    try:
        settings = _sourced(written)(**options)
    except ValidationError as error:
        raise OrderError([*strays, *_faults(error, options, path, written)][:FAULTS_MAX]) from None
    if strays:
        raise OrderError(strays[:FAULTS_MAX])
    return settings


def _sourced(written: Mapping[str, object]) -> Callable[..., Settings]:
    secrets = os.environ.get(SECRETS) or os.environ.get(CREDENTIALS)

    class Sourced(Settings):
        model_config = SettingsConfigDict(secrets_dir=secrets)

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  There is none.
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            in_file = InitSettingsSource(settings_cls, dict(written))
            return init_settings, env_settings, file_secret_settings, in_file

    return cast(Callable[..., Settings], Sourced)


def _read(path: Path) -> dict[str, object]:
    """Return the contents of a settings file: TOML, or YAML by its name."""
    data = file_loading.read_file(path, WHY, FILE_BYTES_MAX)
    if len(data) > FILE_BYTES_MAX:
        raise _fault(str(path), "it is too large for settings", "name the right file")
    if path.suffix in (".yaml", ".yml"):
        return _yaml(path, data)
    try:
        return tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        what = f"this is no TOML ({str(error).rstrip('.')})"
        raise _fault(
            str(path), what, "write a line for each setting, such as port = 8080"
        ) from None


def _yaml(path: Path, data: bytes) -> dict[str, object]:
    faults = FileFaults(str(path))
    read = strings_yaml.load(data, faults)
    faults.settle()
    return {
        name: node.text if isinstance(node, TextNode) else _items(node)
        for name, node in read.values.items()
    }


def _items(node: strings_yaml.Node) -> object:
    items = node.items if isinstance(node, strings_yaml.ListNode) else []
    return [item.text for item in items if isinstance(item, TextNode)]


# --- What is wrong with them ---------------------------------------------------------------------


def _fault(where: str, what: str, remedy: str) -> OrderError:
    return OrderError([FileFault(where, None, "", what, WHY, remedy)])


def _stray(where: str, name: str) -> FileFault:
    near = difflib.get_close_matches(name, Settings.model_fields, 1)
    remedy = f"did you mean {near[0]}?" if near else "see docs/settings.md for those there are"
    return FileFault(where, None, "", f"there is no setting “{name}”", WHY, remedy)


def _strays_of_environment() -> list[FileFault]:
    names = sorted(name for name in os.environ if name.startswith(PREFIX))
    known = NOT_SETTINGS | {environment_name(name) for name in Settings.model_fields}
    return [_stray(name, name.removeprefix(PREFIX).lower()) for name in names if name not in known]


def _strays_of_file(path: Path, written: Mapping[str, object]) -> list[FileFault]:
    return [_stray(str(path), name) for name in written if name not in Settings.model_fields]


def environment_name(name: str) -> str:
    """Return what a setting is called in the environment.

    >>> environment_name("database_url")
    'MESURE_DATABASE_URL'
    """
    return PREFIX + name.upper()


def _faults(
    error: ValidationError,
    options: Mapping[str, object],
    path: Path | None,
    written: Mapping[str, object],
) -> list[FileFault]:
    faults = []
    for detail in error.errors(include_url=False, include_context=True):
        if not detail["loc"]:
            what, _, remedy = detail["msg"].removeprefix("Value error, ").partition(": ")
            faults.append(FileFault("settings", None, "", what, WHY, remedy))
            continue
        name = str(detail["loc"][0])
        field = Settings.model_fields[name]
        extra = cast(dict[str, str], field.json_schema_extra)
        where = _where(name, options, path, written)
        what = f"{_shown(name, detail['input'])} {_said(detail['type'], detail['msg'])}"
        faults.append(FileFault(where, None, "", what, WHY, f"write {extra['write']}"))
    return faults


def _shown(name: str, value: object) -> str:
    """Return a wrong value, unless it is a secret."""
    return "what is written there" if is_secret(name) else quote(str(value))


def is_secret(name: str) -> bool:
    """Tell whether a setting must be shown to nobody.

    >>> is_secret("database_url"), is_secret("port")
    (True, False)
    """
    return name == "gateways" or SecretStr.__name__ in str(Settings.model_fields[name].annotation)


_SAID: Final = {
    "int_parsing": "is no whole number",
    "int_from_float": "is no whole number",
    "float_parsing": "is no number",
    "bool_parsing": "is neither true nor false",
    "enum": "is none of these",
    "time_parsing": "is no time of day",
    "greater_than_equal": "is too little",
    "less_than_equal": "is too much",
}


def _said(kind: str, message: str) -> str:
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    return _SAID.get(kind, "cannot be used here")


def _where(
    name: str, options: Mapping[str, object], path: Path | None, written: Mapping[str, object]
) -> str:
    if name in options:
        return "--" + name.replace("_", "-")
    if environment_name(name) in os.environ:
        return environment_name(name)
    return f"{path}, {name}" if name in written else name
