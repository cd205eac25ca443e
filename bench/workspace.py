"""A made-up workspace of any size, and how long the compiler takes for it and for an edit.

python -m bench.workspace --lines 10000
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from compiler.pipeline import Compiled, compile_app
from dsl.parser import parse
from dsl.source import SourceFile
from stdlib.library import STANDARD

APPS = 4
SUBJECT = """\
enum Kind{n} "Kind {n}"
  small "Small" color blue
  large "Large" color red
  other "Other"

## What subject {n} is about.
entity Subject{n} "Subject {n}"
  name "Name": text(120) required search
  code "Code": serial "S{n}-{{year}}-{{0000}}"
  kind "Kind": Kind{n}
  owner "Owner" -> User required default me
  before "Before" -> Subject{before}
  phone "Phone": phone search
  email "E-mail": email
  due "Due": date
  price "Price": money min 0
  share "Share": percent default 10%
  active "Active": bool required default true
  remarks "Remarks": note
  lines "Lines": [Line{n}]
  next "Next ones" <- Subject{next}.before
  amount "Amount": money = sum(lines.amount)
  open_amount "Open": money = sum(lines.amount where open)
  above "Amount before" = before.amount
  late "Late" = due is not null and due < today()
  size "Size": Kind{n} = case
    amount >= 100_000: large
    amount > 0: small
    else: other
  display "{{code}} {{name}}"
  unique name, owner
  index owner, due
  check price is null or price >= 0 "The price cannot be negative"
  access
    Sales create
    Sales read, update when owner == me
    owner.manager read, update
    Manager all when owner.team under me.team
    Finance read except phone, email

entity Line{n} "Line {n}"
  product "Product": text(80) required
  quantity "Quantity": int required min 1
  price "Price": money required min 0
  open "Open": bool required default true
  amount "Amount": money = quantity * price

flow Subject{n}.status "Status"
  state draft "Draft" initial
  state sent "Sent"
  state done "Done" final
  state dropped "Dropped" final
  send "Send": draft -> sent
    by Sales, owner.manager
    ask due required
    require exists(lines) "Add at least one line"
    do
      notify owner "{{name}} was sent, {{amount}}"
  finish "Finish": sent -> done
    by Manager
  drop "Drop": draft, sent -> dropped
    by Sales
    ask reason "Reason": text required

rule large{n} "Large subject {n}" on Subject{n}
  when size == large and active
  do
    notify owner.manager "{{name}} is large: {{amount}}"

rule cheap{n} "Cheap subject {n}" on Line{n} created or changed price
  when price < 1
  reject "That is too cheap" at price

report Amounts{n} "Amounts {n}" on Subject{n}
  where status != dropped
  by month = month(created_at), kind
  show amount "Amount" = sum(amount), subjects "Subjects" = count(), mean "Mean" = amount / subjects

view Subject{n}
  list
    name
    code
    kind
    status
    owner
    amount
    sort -amount
    filter kind, owner, status
  form
    section "Basics"
      name, kind
      owner, before
    section "Lines"
      lines
  detail
    header name, status, amount
    tab "Lines" lines
    tab "Next" next

"""
HEAD = """\
app {app} "App {app}"
  version "1.0"
  languages en
  timezone "Asia/Shanghai"
  currency CNY

role Sales "Sales"
role Manager "Manager" includes Sales
role Finance "Finance"

"""


@dataclass(frozen=True)
class Texts:
    """A workspace of these files."""

    sources: Sequence[SourceFile]

    def files(self) -> Iterable[SourceFile]:
        return self.sources


def generated(lines: int) -> Texts:
    """Apps of about that many lines in all, each of subjects that refer to their neighbours."""
    count = max(1, round(lines / APPS / SUBJECT.count("\n")))
    return Texts([file for app in range(1, APPS + 1) for file in _app(f"app{app}", count)])


def _app(name: str, count: int) -> Iterator[SourceFile]:
    yield SourceFile(f"{name}/app.case", HEAD.format(app=name))
    for n in range(1, count + 1):
        before, after = (n - 2) % count + 1, n % count + 1
        yield SourceFile(f"{name}/subject{n:03}.case", subject(n, before, after))


def subject(n: int, before: int, after: int) -> str:
    """The text of a subject. Only the first starts the chain of what others compute from it."""
    text = SUBJECT.format(n=n, before=before, next=after)
    return text if n > 1 else text.replace('  above "Amount before" = before.amount\n', "")


def edited(texts: Texts, old: str, new: str) -> Texts:
    """The same workspace with one line of its middle file changed."""
    files = list(texts.sources)
    middle = next(i for i in range(len(files) // 2, len(files)) if old in files[i].text)
    file = files[middle]
    files[middle] = SourceFile(file.path, file.text.replace(old, new, 1))
    return Texts(files)


EDITED_LINES = {
    "a label": ('price "Price": money min 0', 'price "List price": money min 0'),
    "a computed field": ("sum(lines.amount where open)", "sum(lines.amount where not open)"),
    "a new field": ('  due "Due": date\n', '  due "Due": date\n  extra "Extra": text\n'),
    "a type": ('amount "Amount": money = quantity', 'amount "Amount" = quantity'),
    "an error": ("when price < 1", "when prize < 1"),
}


def compiled(texts: Texts, previous: Compiled | None = None) -> tuple[Compiled, float]:
    """The result and the milliseconds it took."""
    began = time.perf_counter()
    result = compile_app(texts, STANDARD, previous)
    return result, (time.perf_counter() - began) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    texts = generated(options.lines)
    count = sum(file.text.count("\n") for file in texts.sources)
    print(f"{count} lines in {len(texts.sources)} files")
    began = time.perf_counter()
    for file in texts.sources:
        parse(file)
    print(f"cold parse: {(time.perf_counter() - began) * 1000:.0f} ms")
    result, spent = compiled(texts)
    print(f"cold check and plan: {spent:.0f} ms, {len(result.diagnostics)} diagnostics")
    for name, (old, new) in EDITED_LINES.items():
        times = []
        for _ in range(options.repeat):
            result, there = compiled(edited(texts, old, new), result)
            result, back = compiled(texts, result)
            times += [there, back]
        print(f"one line, {name}: {statistics.median(times):.0f} ms (most {max(times):.0f} ms)")


if __name__ == "__main__":
    main()
