"""Page contexts into HTML.

Templates frame a page; table rows come from `rows` and figures from `chart`. Only templates of
this package are ever loaded: no text of an app or a person becomes template source.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import cache, lru_cache
from typing import cast

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from runtime.web import drawn
from runtime.web.assets import assets
from runtime.web.contexts import OptionsFragment, Page, Shell
from runtime.web.messages import LANGUAGES, messages
from runtime.web.widgets import Field

KEPT = Markup("\0")
"""Stands for what is put into something drawn once: parameters that a small form carries along,
the blocks that differ from page to page."""
_HIDDEN = Markup('<input type="hidden" name="{}" value="{}">')

MACROS = {"c": "components.html", "w": "widgets.html", "f": "filters.html"}
"""What templates call the macros of others; later ones use those of earlier ones."""
HOLES = ("title", "person", "main", "toasts", "overlay")
PERSON = "person"
"""The one of them that is the same on all pages of somebody's session."""
"""The blocks of a page for which its frame has a hole, in their order."""
WHOLE = frozenset({"layout", "frame"})
"""A template that has one of these blocks makes its own frame."""


def render(page: Page, shell: Shell) -> str:
    """The whole HTML document of `page`."""
    template = environment(shell.language).get_template(page.template)
    if not WHOLE.isdisjoint(template.blocks):
        return template.render(page=page, shell=shell)
    try:
        return "".join(_filled(template, page, shell))
    except Exception:
        template.environment.handle_exception()


def _filled(template: Template, page: Page, shell: Shell) -> Iterator[str]:
    """The frame with the page's own blocks in its holes."""
    env = template.environment
    blocks = env.get_template("base.html").blocks | template.blocks
    context = template.new_context({**env.globals, "page": page, "shell": shell}, shared=True)
    first, *others = _frame(shell.without_person())
    yield first
    for hole, after in zip(HOLES, others, strict=True):
        if hole == PERSON:
            yield _person(shell.only_person())
        else:
            yield from blocks[hole](context)
        yield after


@lru_cache(maxsize=1024)
def _person(shell: Shell) -> str:
    template = environment(shell.language).get_template("base.html")
    return "".join(template.blocks[PERSON](template.new_context({"shell": shell})))


@lru_cache(maxsize=1024)
def _frame(shell: Shell) -> tuple[str, ...]:
    """What is around a page, in the pieces between which its blocks go."""
    template = environment(shell.language).get_template("frame.html")
    return tuple(template.render(shell=shell, hole=KEPT).split(KEPT))


def render_options(fragment: OptionsFragment, language: str) -> str:
    """The list items that a combobox shows."""
    return environment(language).get_template(fragment.template).render(page=fragment)


class _LanguageEnvironment(Environment):
    """An environment of one language: texts and pictures that are named by constants are put in
    when a template is compiled, not every time it is rendered."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        return cast(nodes.Template, _Constants(self).visit(tree))


class _Constants(NodeTransformer):
    """Replaces calls of `t` and `icon` whose arguments are constants by what they give."""

    def __init__(self, environment: Environment) -> None:
        self._functions = {
            name: cast(Callable[..., object], environment.globals[name]) for name in ("t", "icon")
        }

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        function = self._functions.get(getattr(node.node, "name", ""))
        constant = all(isinstance(argument, nodes.Const) for argument in node.args)
        if function is None or node.kwargs or not constant:
            return node
        result = function(*(argument.as_const() for argument in node.args))
        text = nodes.Const(str(result), lineno=node.lineno)
        is_markup = isinstance(result, Markup)
        return nodes.MarkSafe(text, lineno=node.lineno) if is_markup else text


@cache
def environment(language: str) -> Environment:
    """The template environment of one interface language."""
    env = _LanguageEnvironment(
        loader=PackageLoader("runtime.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.globals.update(
        t=messages(language),
        languages=LANGUAGES,
        asset={name: asset.href for name, asset in assets().items()},
        icon=icon,
        fields=lambda fields: Markup("").join([_field(language, each) for each in fields]),
        shown_fields=lambda fields: drawn.shown_fields(fields, _nothing_shown(language)),
        headings=lambda found: drawn.headings(found, _arrows()),
        filter_menu=lambda path, editors, kept: _with_kept(
            kept, _pieces(language, "filters.html", "menu", path, editors)
        ),
        column_picker=lambda path, columns, kept: _with_kept(
            kept, _pieces(language, "filters.html", "column_picker", path, columns)
        ),
    )
    # Macros are made once; a template that imports them would look whether it has to make its own.
    for name, macros in MACROS.items():
        env.globals[name] = env.get_template(macros).module
    return env


@lru_cache(maxsize=2048)
def _field(language: str, field: Field) -> Markup:
    """An input with its label; most of a form's are what they were in another one like it."""
    return Markup(_macro(language, "widgets.html", "field")(field))


@cache
def _nothing_shown(language: str) -> Markup:
    return Markup(_macro(language, "components.html", "none_shown")())


@cache
def _arrows() -> dict[str, Markup]:
    return {"ascending": icon("arrow-up", "small"), "descending": icon("arrow-down", "small")}


@lru_cache(maxsize=1024)
def _pieces(language: str, template: str, macro: str, *given: Hashable) -> tuple[str, ...]:
    """The small GET forms of a list, which are the same for whatever it shows, in the pieces
    between which the parameters go that they carry along."""
    return tuple(_macro(language, template, macro)(*given, KEPT).split(KEPT))


def _macro(language: str, template: str, macro: str) -> Callable[..., str]:
    found: Callable[..., str] = getattr(environment(language).get_template(template).module, macro)
    return found


def _with_kept(kept: Iterable[tuple[str, str]], pieces: Iterable[str]) -> Markup:
    return Markup("".join(_HIDDEN.format(*pair) for pair in kept).join(pieces))


@cache
def icon(name: str, css: str = "") -> Markup:
    """A picture of the sprite in the colour of the text; says nothing to a screen reader."""
    return Markup('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        css, assets()["icons.svg"].href, name
    )
