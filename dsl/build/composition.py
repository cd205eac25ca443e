"""What extends and what overrides the declarations of other apps."""

from __future__ import annotations

from dataclasses import dataclass

from lark import Token

from dsl.ast import composition as ast
from dsl.ast.app import Decl, EnumDecl, EnumValue, RoleDecl
from dsl.ast.base import Node, Path
from dsl.ast.entity import EntityDecl, Member
from dsl.ast.flow import StateDecl, TransitionDecl
from dsl.ast.report import ReportDecl
from dsl.ast.rule import RuleDecl
from dsl.ast.view import ViewDecl
from dsl.build.app import AppBuilder
from dsl.build.base import end_of, of_type, over, start_of
from dsl.build.flow import FlowBuilder
from dsl.build.report import ReportBuilder
from dsl.build.rule import RuleBuilder


@dataclass(frozen=True, slots=True)
class _Said(Node):
    """What is said, and of what."""

    target: Path
    part: Decl


class CompositionBuilder(AppBuilder, FlowBuilder, RuleBuilder, ReportBuilder):
    def extend(self, keyword: Token, said: _Said | ViewDecl) -> ast.CompositionDecl:
        return self._composition(keyword, said, "extends")

    def override(self, keyword: Token, said: _Said | ViewDecl) -> ast.CompositionDecl:
        return self._composition(keyword, said, "overrides")

    def override_role(
        self, override: Token, keyword: Token, path: Path, *rest: object
    ) -> ast.CompositionDecl:
        made: RoleDecl = self.role(keyword, _last(path), *rest)  # type: ignore[arg-type]
        return self.override(override, _Said(made.span, path, made))

    def override_rule(
        self, override: Token, keyword: Token, path: Path, *rest: object
    ) -> ast.CompositionDecl:
        made: RuleDecl = self.rule(keyword, _last(path), *rest)  # type: ignore[arg-type]
        return self.override(override, _Said(made.span, path, made))

    def override_report(
        self, override: Token, keyword: Token, path: Path, *rest: object
    ) -> ast.CompositionDecl:
        made: ReportDecl = self.report(keyword, _last(path), *rest)  # type: ignore[arg-type]
        return self.override(override, _Said(made.span, path, made))

    def _composition(
        self, keyword: Token, said: _Said | ViewDecl, how: ast.How
    ) -> ast.CompositionDecl:
        target = said.entity if isinstance(said, ViewDecl) else said.target
        part = said if isinstance(said, ViewDecl) else said.part
        span, doc = over(keyword, said), self.doc(keyword)
        return ast.CompositionDecl(span, part.name, part.label, doc, how, target, part)

    # ------------------------------------------------------------ parts of declarations

    def more_of(
        self, path: Path, mixins: tuple[Path, ...] | None, *members: Member | None
    ) -> _Said:
        kept = of_type(Member, members)
        span = over(path, *(mixins or ()), *kept)
        made = EntityDecl(span, path.parts[-1], None, None, None, mixins or (), kept)
        return _Said(span, path, made)

    def members_of(self, path: Path, *members: Member) -> _Said:
        return self.more_of(path, None, *members)

    def values_of(self, keyword: Token, path: Path, *values: EnumValue) -> _Said:
        span = over(keyword, *values)
        return _Said(span, path, EnumDecl(span, path.parts[-1], None, None, values))

    def steps_of(self, keyword: Token, path: Path, *steps: StateDecl | TransitionDecl) -> _Said:
        made = self.flow(keyword, path, None, None, *steps)
        return _Said(made.span, made.entity, made)

    def rights_of(self, keyword: Token, path: Path, includes: tuple[Path, ...]) -> _Said:
        span = over(keyword, *includes)
        return _Said(span, path, RoleDecl(span, path.parts[-1], None, None, includes))


def _last(path: Path) -> Token:
    """The name of a path as the token that a declaration has."""
    name = path.parts[-1]
    return Token("NAME", name.text, start_pos=start_of(name), end_pos=end_of(name))
