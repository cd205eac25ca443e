"""`casework graph`: the entities and flows of apps as pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from cli.asking import Asked, ask
from compiler.resolve.declared import PRELUDE
from dsl.diagnostic import Language, Message
from runtime.web.diagram.entities import entities_picture
from runtime.web.diagram.flow import flow_picture
from runtime.web.diagram.picture import Picture
from runtime.web.diagram.svg import draw

_WROTE = Message("wrote {path}", "已写入 {path}")


@click.command("graph")
@click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("graphs"),
    show_default=True, help="The folder for the pictures. 图片所在的文件夹。",
)  # fmt: skip
@click.pass_obj
def graph(language: Language, folder: Path | None, out: Path) -> None:
    """Draw the entities of each app and every flow as SVG.

    FOLDER holds an app or a workspace of apps. 将各应用的实体和流程绘制为 SVG。
    """
    asked = ask(folder, language)
    out.mkdir(parents=True, exist_ok=True)
    for name, picture in _pictures(asked):
        path = out / f"{name}.svg"
        path.write_text(draw(picture) + "\n", "utf-8")
        click.echo(_WROTE.filled({"path": path}).text(language))


def _pictures(asked: Asked) -> Iterator[tuple[str, Picture]]:
    model = asked.bundle.workspace
    for module in model.modules:
        if module != PRELUDE:
            yield module, entities_picture(model, module, asked.spoken)
    for id, flow in model.flows.items():
        yield f"{id}.{flow.field}", flow_picture(flow, asked.spoken)
