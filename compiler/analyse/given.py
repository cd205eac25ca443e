"""Values that are given from outside, or to a connector: their names, labels and types."""

from __future__ import annotations

from compiler.analyse.context import Context
from compiler.analyse.texts import labels
from compiler.analyse.types import written_type
from compiler.model.base import Labels
from compiler.model.outside import Given
from compiler.resolve.declared import Declared
from dsl.ast.outside import Sent


def given(
    context: Context, declared: Declared, tree: Sent, of: str = "", *, shown: bool = True
) -> Given | None:
    """A value of the model; None if its type is unknown. `of` is the part that it belongs to; one
    that is not `shown` to people needs no label."""
    kind = written_type(context.build, declared.module, declared.block, tree.type, entities=True)
    if kind is None:
        return None
    return Given(
        name=tree.name.text,
        label=_label(context, declared, tree, of) if shown else {},
        field_type=kind.field_type,
        parameters=kind.parameters,
        type=kind.type.optional() if tree.type.optional else kind.type,
    )


def _label(context: Context, declared: Declared, tree: Sent, of: str) -> Labels:
    owner = f"{declared.name}.{of}" if of else declared.name
    key, at = f"{owner}.{tree.name.text}", context.place(tree.name)
    return labels(context.build, declared.module, (key,), tree.label, tree.name, at)
