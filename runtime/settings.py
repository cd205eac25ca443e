"""What the operator sets: from the environment (`CASEWORK_*`) and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

PREFIX = "CASEWORK_"


class Settings(BaseModel):
    """How an app is served, apart from what its text says.

    Without `database_url` the data is one SQLite file in `data_dir`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Path("data")
    database_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    demo: bool = False
    dev: bool = False

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'casework.db'}"

    @classmethod
    def read(cls, environment: Mapping[str, str], **options: object) -> Settings:
        """Settings from `CASEWORK_<NAME>` variables; an option that is given and not None wins.

        Raises pydantic's ValidationError for a value that does not fit.
        """
        values: dict[str, object] = {
            name: environment[PREFIX + name.upper()]
            for name in cls.model_fields
            if PREFIX + name.upper() in environment
        }
        values.update({name: value for name, value in options.items() if value is not None})
        return cls.model_validate(values)
