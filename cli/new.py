"""`casework new`: the smallest app that is of use, to begin from."""

from __future__ import annotations

import re
from pathlib import Path

import click

from dsl.diagnostic import Language, Message

_MODULE = re.compile(r"[a-z][a-z0-9_]*")

_TEXT: dict[Language, str] = {
    "en": """\
app {name} "{title}"
  languages en, zh
  timezone "{timezone}"
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
  languages zh, en
  timezone "{timezone}"
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
    "已创建 {file}。下一步:casework dev {workspace}",
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
    """Begin an app: one entity, its flow and a report. 新建应用：一个实体、流程和报表。"""
    if not _MODULE.fullmatch(name):
        raise click.ClickException(_BAD_NAME.filled({"name": name}).text(language))
    folder = workspace / name
    if folder.exists():
        raise click.ClickException(_EXISTS.filled({"folder": folder}).text(language))
    folder.mkdir(parents=True)
    file = folder / "app.case"
    file.write_text(first_text(name, language), encoding="utf-8")
    click.echo(_DONE.filled({"file": file, "workspace": workspace}).text(language))


def first_text(name: str, language: Language) -> str:
    """The text of a new app in the language of the person who begins it."""
    return _TEXT[language].format(
        name=name,
        title=name.replace("_", " ").capitalize(),
        timezone="Asia/Shanghai" if language == "zh" else "UTC",
        currency="CNY" if language == "zh" else "USD",
    )
