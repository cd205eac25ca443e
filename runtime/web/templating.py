"""Page contexts into HTML.

Templates frame a page; table rows come from `rows` and figures from `chart`. Only templates of
this package are ever loaded: no text of an app or a person becomes template source.
"""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from runtime.web.assets import assets
from runtime.web.messages import LANGUAGES, messages
from runtime.web.pages.contexts import OptionsFragment, Page, Shell


def render(page: Page, shell: Shell) -> str:
    """The whole HTML document of `page`."""
    template = environment(shell.language).get_template(page.template)
    return template.render(page=page, shell=shell)


def render_options(fragment: OptionsFragment, language: str) -> str:
    """The list items that a combobox shows."""
    return environment(language).get_template(fragment.template).render(page=fragment)


@cache
def environment(language: str) -> Environment:
    """The template environment of one interface language."""
    env = Environment(
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
    )
    return env


@cache
def icon(name: str, css: str = "") -> Markup:
    """A picture of the sprite in the colour of the text; says nothing to a screen reader."""
    return Markup('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        css, assets()["icons.svg"].href, name
    )
