"""What an app says about its made-up data, in `sample.toml` beside its text; all of it optional.

main = "Customer"                          # --rows counts these
seed = 1

[share]                                    # so many for each of the main ones
Contact = 1.5

[rows]                                     # so many in all
Product = 40

[lines]                                    # owned lines of a record, from and to
OrderLine = [1, 5]

[people]                                   # users made for a role
Sales = 5

[states]                                   # how many of a hundred (any weights)
Deal = { won = 25, lost = 15, lead = 60 }

[values]
"Product.name" = ["Server", "Switch"]      # one of these; `{customer}` is the record's customer
"Deal.amount" = { min = 5000, max = 900000 }
"Customer.credit_limit" = { empty = 0.8 }  # so often without a value
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dsl.diagnostic import Message


class Range(BaseModel):
    """Numbers from `min` to `max`; `empty` is how often there is no value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min: float | None = None
    max: float | None = None
    empty: float | None = Field(default=None, ge=0, le=1)


class Recipe(BaseModel):
    """See the module; names are of the app's own entities."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    main: str = ""
    seed: int = 1
    share: Mapping[str, float] = {}
    rows: Mapping[str, int] = {}
    lines: Mapping[str, tuple[int, int]] = {}
    people: Mapping[str, int] = {}
    states: Mapping[str, Mapping[str, float]] = {}
    values: Mapping[str, tuple[str | int | float | bool, ...] | Range] = {}

    def choices(self, entity: str, field: str) -> tuple[str | int | float | bool, ...]:
        """The values that the recipe lists for a field."""
        found = self.values.get(f"{entity}.{field}")
        return found if isinstance(found, tuple) else ()

    def range(self, entity: str, field: str) -> Range:
        found = self.values.get(f"{entity}.{field}")
        return found if isinstance(found, Range) else Range()


class BadRecipe(Exception):
    """A `sample.toml` that cannot be used."""

    def __init__(self, reason: str) -> None:
        self.message = Message(
            "sample.toml cannot be used: {reason}", "sample.toml 无法使用：{reason}"
        ).filled({"reason": reason})
        super().__init__(self.message.en)


def read(text: str) -> Recipe:
    """The recipe that a text states. Raises BadRecipe."""
    try:
        return Recipe.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadRecipe(str(error)) from error
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise BadRecipe("; ".join(faults)) from error
