"""What the operator sets: from the environment (`CASEWORK_*`) and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

PREFIX = "CASEWORK_"
SWITCHED = {"on": True, "yes": True, "off": False, "no": False}
"""What else than `true`, `false`, `1` and `0` may be written for a switch."""


class BadSettings(ValueError):
    """Settings that do not fit; `faults` are their names with the values given."""

    def __init__(self, faults: Mapping[str, object]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How an app is served, apart from what its text says.

    Without `database_url` the data is one SQLite file in `data_dir`.
    """

    data_dir: Path = Path("data")
    database_url: str = ""
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8000
    demo: bool = False
    extern: bool = False
    dev: bool = False

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'casework.db'}"

    @classmethod
    def read(cls, environment: Mapping[str, str], **options: object) -> Settings:
        """Settings from `CASEWORK_<NAME>` variables; an option that is given and not None wins.

        Raises BadSettings.
        """
        values: dict[str, Any] = {}
        faults: dict[str, object] = {}
        for field in msgspec.structs.fields(cls):
            given = options.get(field.name)
            if given is None:
                given = environment.get(PREFIX + field.name.upper())
            if given is None:
                continue
            try:
                values[field.name] = _value(field.type, given)
            except msgspec.ValidationError:
                faults[field.name] = given
        if faults:
            raise BadSettings(faults)
        return cls(**values)


def _value(kind: Any, given: object) -> object:
    """What was given, as a value of the setting's type. Raises msgspec.ValidationError."""
    if kind is bool and isinstance(given, str):
        given = SWITCHED.get(given.lower(), given)
    if kind is Path:
        return Path(str(given))
    return msgspec.convert(given, kind, strict=False)
