"""`casework new`: the smallest app that is of use, to begin from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import click

from dsl.diagnostic import Language, Message
from dsl.source import SourceFile

_MODULE = re.compile(r"[a-z][a-z0-9_]*")

_TEXT: dict[Language, str] = {
    "en": """\
app {name} "{title}"
  languages {languages}
  timezone {timezone}
  currency {currency}

role Staff "Staff"

## Something that one of us has promised to do.
entity Task "Task"
  title "Title": text(120) required search
  owner "Owner" -> User required default me
  due "Due": date
  note "Note": note
  access
    Staff create, read
    owner update, delete

flow Task.status "Status"
  state open "Open" initial color blue
  state done "Done" final color green
  finish "Finish": open -> done
    by owner

report OpenTasks "Tasks by state" on Task
  by status
  show tasks "Tasks" = count()
  chart bar tasks
""",
    "zh": """\
app {name} "{title}"
  languages {languages}
  timezone {timezone}
  currency {currency}

role Staff "员工"

## 我们中的一位答应去做的事。
entity Task "任务"
  title "标题": text(120) required search
  owner "负责人" -> User required default me
  due "截止日期": date
  note "备注": note
  access
    Staff create, read
    owner update, delete

flow Task.status "状态"
  state open "进行中" initial color blue
  state done "已完成" final color green
  finish "完成": open -> done
    by owner

report OpenTasks "各状态的任务" on Task
  by status
  show tasks "任务数" = count()
  chart bar tasks
""",
}

_BAD_NAME = Message(
    "`{name}` cannot name an app: use lower-case letters, digits and `_`, a letter first,"
    " for instance `orders`",
    "`{name}` 不能作应用名：请用小写字母、数字和 `_`，以字母开头，例如 `orders`",
)
_EXISTS = Message(
    "`{folder}` exists already: choose another name or folder",
    "`{folder}` 已经存在：请换一个名称或文件夹",
)
_DONE = Message(
    "Made {file}. Next: casework dev {workspace}",
    "已创建 {file}。下一步：casework dev {workspace}",
)


@click.command()
@click.argument("name")
@click.option(
    "--in",
    "workspace",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("apps"),
    show_default=True,
    help="The workspace: the folder that holds the apps. 存放各应用的工作区文件夹。",
)
@click.pass_obj
def new(language: Language, name: str, workspace: Path) -> None:
    """Begin an app: one entity, its flow and a report. 新建应用：一个实体、流程和报表。

    NAME may have the workspace before it, as in `apps/orders`. Time zone, currency and languages
    are those of the apps that are there. NAME 前可写工作区文件夹，例如 `apps/orders`。
    """
    if "/" in name:
        workspace, name = Path(name).parent, Path(name).name
    if not _MODULE.fullmatch(name):
        raise click.ClickException(_BAD_NAME.filled({"name": name}).text(language))
    folder = workspace / name
    if folder.exists():
        raise click.ClickException(_EXISTS.filled({"folder": folder}).text(language))
    folder.mkdir(parents=True)
    file = folder / "app.case"
    file.write_text(first_text(name, language, said(workspace)), encoding="utf-8")
    click.echo(_DONE.filled({"file": file, "workspace": workspace}).text(language))


def said(workspace: Path) -> dict[str, str]:
    """The lines of settings that an app of the workspace has written, by their first word: all
    apps of a workspace have the same."""
    found: dict[str, str] = {}
    for path in sorted(workspace.glob("*/*.case")):
        for block in SourceFile(path.name, path.read_text("utf-8", "replace")).blocks:
            if block.text.startswith("app "):
                for line in block.text.splitlines()[1:]:
                    word, _, rest = line.strip().partition(" ")
                    if word in ("languages", "timezone", "currency") and rest:
                        found.setdefault(word, rest.partition("  #")[0].strip())
    return found


def first_text(name: str, language: Language, said: Mapping[str, str]) -> str:
    """The text of a new app in the language of the person who begins it, with the settings that
    are `said` in its workspace."""
    chinese = language == "zh"
    return _TEXT[language].format(
        name=name,
        title=name.replace("_", " ").capitalize(),
        languages=said.get("languages", "zh, en" if chinese else "en, zh"),
        timezone=said.get("timezone", '"Asia/Shanghai"' if chinese else '"UTC"'),
        currency=said.get("currency", "CNY" if chinese else "USD"),
    )
