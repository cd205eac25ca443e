"""Views."""

from __future__ import annotations

from dataclasses import dataclass

from lark import Token

from dsl.ast import view as ast
from dsl.ast.base import Node, Path
from dsl.ast.expr import Expr, SortKey
from dsl.build.base import Builder, of_type, over


@dataclass(frozen=True, slots=True)
class _Fields(Node):
    """A line of fields."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class _Filter(_Fields):
    pass


@dataclass(frozen=True, slots=True)
class _Header(_Fields):
    pass


@dataclass(frozen=True, slots=True)
class _Sort(Node):
    keys: tuple[SortKey, ...]


class ViewBuilder(Builder):
    def view(
        self, keyword: Token, entity: Path, role: Path | None, *parts: Node | None
    ) -> ast.ViewDecl:
        kept = of_type(Node, parts)
        return ast.ViewDecl(
            over(keyword, entity, role, *kept),
            entity.parts[-1],
            None,
            self.doc(keyword),
            entity,
            role,
            self.only_one(of_type(ast.ListView, kept), "list"),
            self.only_one(of_type(ast.Board, kept), "board"),
            self.only_one(of_type(ast.Calendar, kept), "calendar"),
            self.only_one(of_type(ast.TreeView, kept), "tree"),
            self.only_one(of_type(ast.FormView, kept), "form"),
            self.only_one(of_type(ast.DetailView, kept), "detail"),
        )

    def field_line(self, paths: tuple[Path, ...]) -> _Fields:
        return _Fields(over(*paths), paths)

    def list_view(self, keyword: Token, *items: Node) -> ast.ListView:
        return ast.ListView(
            over(keyword, *items),
            _paths(items, _Fields),
            tuple(key for sort in of_type(_Sort, items) for key in sort.keys),
            _paths(items, _Filter),
        )

    def list_sort(self, keyword: Token, keys: tuple[SortKey, ...]) -> _Sort:
        return _Sort(over(keyword, *keys), keys)

    def list_filter(self, keyword: Token, paths: tuple[Path, ...]) -> _Filter:
        return _Filter(over(keyword, *paths), paths)

    def board(self, keyword: Token, by: Token, *lines: _Fields | None) -> ast.Board:
        kept = of_type(_Fields, lines)
        return ast.Board(over(keyword, by, *kept), self.name(by), _paths(kept, _Fields))

    def calendar(
        self, keyword: Token, by: Token, until: Token | None, *lines: _Fields | None
    ) -> ast.Calendar:
        kept = of_type(_Fields, lines)
        return ast.Calendar(
            over(keyword, by, until, *kept),
            self.name(by),
            self.optional_name(until),
            _paths(kept, _Fields),
        )

    def tree_view(self, keyword: Token, *lines: _Fields | None) -> ast.TreeView:
        kept = of_type(_Fields, lines)
        return ast.TreeView(over(keyword, *kept), _paths(kept, _Fields))

    def form_view(self, keyword: Token, *items: Node) -> ast.FormView:
        fields, sections = _paths(items, _Fields), of_type(ast.Section, items)
        return ast.FormView(over(keyword, *items), fields, sections)

    def section(
        self, keyword: Token, label: Token, when: Expr | None, *lines: _Fields
    ) -> ast.Section:
        span = over(keyword, *lines)
        return ast.Section(span, self.required_label(label), when, _paths(lines, _Fields))

    def detail_view(self, keyword: Token, *items: Node) -> ast.DetailView:
        return ast.DetailView(
            over(keyword, *items),
            _paths(items, _Header),
            of_type(ast.Section, items),
            of_type(ast.Tab, items),
        )

    def header(self, keyword: Token, paths: tuple[Path, ...]) -> _Header:
        return _Header(over(keyword, *paths), paths)

    def tab(
        self, keyword: Token, label: Token, paths: tuple[Path, ...], when: Expr | None
    ) -> ast.Tab:
        return ast.Tab(over(keyword, *paths, when), self.required_label(label), paths, when)


def _paths(items: tuple[Node, ...], kind: type[_Fields]) -> tuple[Path, ...]:
    return tuple(path for item in items if type(item) is kind for path in item.paths)
