from __future__ import annotations

import json
import re

from dsl.diagnostic import Diagnostic, Edit, Fix, Label, Message, Safety, Severity
from dsl.render import data, terminal
from dsl.source import Place, SourceFile, Sources, Span

CRM = SourceFile(
    "crm/客户.case", 'entity 客户 "Customer"\n  名称 "公司": text\n  a: text\n\n  名称: int\n'
)
STOCK = SourceFile("stock.case", "role Clerk\n")
SOURCES = Sources([CRM, STOCK])
KEY = "crm/客户.case:entity 客户"


def span_of(word: str, nth: int = 0) -> Place:
    start = [m.start() for m in re.finditer(re.escape(word), CRM.text)][nth]
    return Place(KEY, Span(start, start + len(word)))


TWICE = Diagnostic(
    code="CW0301",
    name="duplicate-field",
    severity=Severity.ERROR,
    message=Message("field `名称` is declared twice", "字段 `名称` 重复声明"),
    primary=Label(span_of("名称", 1), Message("again here", "此处重复")),
    others=(
        Label(span_of("名称"), Message("first here", "首次声明在此")),
        Label(Place("stock.case:role Clerk", Span(5, 10))),
    ),
    help=Message("give one of them another name", "请为其中一个改名"),
    fixes=(Fix(Message("rename it", "改名"), (Edit(span_of("名称", 1), "名称2"),), Safety.UNSAFE),),
)


def test_a_diagnostic_in_the_terminal() -> None:
    assert (
        terminal(TWICE, SOURCES, "en")
        == """\
error[CW0301]: field `名称` is declared twice
 --> crm/客户.case:5:3
  |
2 |   名称 "公司": text
  |   ---- first here
  :
5 |   名称: int
  |   ^^^^ again here
 ::: stock.case:1
  |
1 | role Clerk
  |      -----
  = help: give one of them another name
  = fix: rename it
5 +   名称2: int"""
    )


def test_the_same_in_chinese() -> None:
    text = terminal(TWICE, SOURCES, "zh")
    assert text.startswith("错误[CW0301]: 字段 `名称` 重复声明\n")
    assert "  |   ^^^^ 此处重复\n" in text
    assert "  = 帮助: 请为其中一个改名\n  = 修正: 改名\n" in text


def test_colours_add_nothing_but_escapes() -> None:
    colored = terminal(TWICE, SOURCES, "en", color=True)
    assert colored != terminal(TWICE, SOURCES, "en")
    assert re.sub(r"\033\[[\d;]*m", "", colored) == terminal(TWICE, SOURCES, "en")


def test_carets_stand_under_wide_characters() -> None:
    file = SourceFile("a.case", "entity 客户\n  名称: 文本 缺\n")
    at = file.text.index("缺")
    item = plain(Place("a.case:entity 客户", Span(at, at + 1)))
    _, _, _, line, carets = terminal(item, Sources([file]), "en").split("\n")
    assert width(line[: line.index("缺")]) == carets.index("^")
    assert carets.count("^") == 2


def width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E80 else 1 for char in text)


def plain(place: Place) -> Diagnostic:
    text = Message("wrong", "错误")
    return Diagnostic("CW0101", "wrong", Severity.ERROR, text, Label(place, text))


def test_a_long_line_is_cut_around_its_mark() -> None:
    file = SourceFile("a.case", "role A " + "x" * 5000 + " bad " + "y" * 5000)
    at = file.text.index("bad")
    text = terminal(plain(Place("a.case:role A", Span(at, at + 3))), Sources([file]), "en")
    line, carets = text.split("\n")[3:5]
    assert len(line) < 200
    assert line[carets.index("^") : carets.index("^") + 3] == "bad"


def test_data_for_programs_is_plain() -> None:
    made = data(TWICE, SOURCES, "zh")
    assert json.loads(json.dumps(made)) == made
    assert made["file"] == "crm/客户.case"
    assert (made["start"], made["end"]) == ({"line": 5, "column": 3}, {"line": 5, "column": 5})
    assert made["related"][0]["message"] == "首次声明在此"
    assert made["fixes"][0]["safety"] == "unsafe"
    assert made["fixes"][0]["edits"][0]["text"] == "名称2"
