"""Views: that they do not leave out what the entity demands."""

from __future__ import annotations

from compiler.analyse.entity import entity
from compiler.analyse.view import views
from compiler.build import Build, query
from compiler.model.base import EntityId
from compiler.resolve.declared import decl
from compiler.resolve.names import place
from compiler.resolve.views import declared_views
from dsl.ast.view import ViewDecl
from dsl.diagnostic import Message, Problem, Severity


class RequiredNotAsked(
    Problem, code="CW0812", name="required-not-asked", severity=Severity.WARNING
):
    field: str
    message = Message(
        "`{field}` is required, but the form does not ask for it", "`{field}` 必填，但表单中没有它"
    )
    help = Message(
        "add it to a section, or give it a `default`", "请加到某个分组，或给出 `default`"
    )


@query
def forms_ask_for_what_is_required(build: Build, id: EntityId) -> None:
    """A form that is written out has every required field that gets no value by itself."""
    written = declared_views(build).get(id, ())
    for declared, made in zip(written, views(build, id)[-len(written) :], strict=False):
        form = decl(build, declared.block, ViewDecl).form
        shown = {name for section in made.form for name in section.fields}
        for each in entity(build, id).fields.values():
            given = each.system or each.computed is not None or each.default is not None
            if form and each.required and not given and each.name not in shown:
                at = place(declared.block, form)
                build.report(RequiredNotAsked(at=at, field=each.name))
