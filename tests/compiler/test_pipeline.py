"""What compiling promises: the same answer however it was reached, and little work for an edit."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.model.base import EntityId
from compiler.pipeline import Compiled, compile_app
from dsl.diagnostic import Diagnostic
from dsl.source import Location
from stdlib.library import STANDARD
from tests.support.apps import Texts

APPS = Path(__file__).parents[2] / "apps"
FILES = {
    path.relative_to(APPS).as_posix(): path.read_text("utf-8") for path in APPS.rglob("*.case")
}


def workspace(files: dict[str, str]) -> Texts:
    return Texts(tuple(sorted(files.items())))


def told(result: Compiled) -> list[tuple[str, Location, str]]:
    def line(item: Diagnostic) -> tuple[str, Location, str]:
        return item.code, result.sources.locate(item.primary.place), item.message.zh

    return [line(item) for item in (*result.diagnostics, *result.missing_texts)]


def assert_same(one: Compiled, other: Compiled) -> None:
    assert told(one) == told(other)
    assert (one.bundle is None) == (other.bundle is None)
    if one.bundle and other.bundle:
        assert one.bundle == other.bundle
        assert one.bundle.hash == other.bundle.hash


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_app(workspace(FILES), STANDARD)


def test_the_projects_own_apps_are_clean(compiled: Compiled) -> None:
    assert told(compiled) == []
    assert compiled.bundle is not None


# ---------------------------------------------------------------- edits

COMPOSED = {
    "depot/app.case": """\
app depot "Depot"
  use crm, std.contacts, std.tasks

role Keeper includes ContactReader

mixin Kept
  shelf: text(20)

extend Customer with Kept
  parcels <- Parcel.customer
  weight: decimal(2) = sum(parcels.weight)

entity Parcel
  customer -> Customer required
  sent_by -> Person
  weight: decimal(2) required min 0
  access
    Keeper all

extend Person
  parcels <- Parcel.sent_by

override Person
  position: text(40)
  display "{name}, {position}"

extend flow tasks.Task.status
  state waiting
  wait: open -> waiting
    by assignee
  go_on: waiting -> done
    by assignee

extend enum TaskPriority
  urgent color red

override rule tasks.task_done on tasks.Task entered done
  do
    log "Done"

extend view Customer
  list
    shelf
""",
    "erp/app.case": """\
app erp "Orders"
  use crm

extend Customer
  account: text(20) unique

override view Customer
  list
    name
    account
""",
}
"""Apps that extend and override others and modules of the library."""

LINES = sorted(
    (path, number)
    for path, text in (FILES | COMPOSED).items()
    for number, line in enumerate(text.split("\n"))
    if line.strip()
)


@dataclass(frozen=True)
class Edit:
    """One line of one file deleted, doubled, moved to the end, or with a word changed."""

    path: str
    line: int
    kind: str

    def applied(self, files: dict[str, str]) -> dict[str, str]:
        lines = files[self.path].split("\n")
        at = self.line % len(lines)
        changed = {
            "delete": [],
            "double": [lines[at], lines[at]],
            "comment": [lines[at], "# a word on it"],
            "rename": [re.sub(r"[a-z]\w{3,}", lambda word: word[0] + "x", lines[at], count=1)],
            "blank": ["", lines[at]],
        }[self.kind]
        return files | {self.path: "\n".join([*lines[:at], *changed, *lines[at + 1 :]])}


KINDS = ("delete", "double", "comment", "rename", "blank")
edits = st.builds(
    lambda place, kind: Edit(place[0], place[1], kind),
    st.sampled_from(LINES),
    st.sampled_from(KINDS),
)


@settings(max_examples=12)
@given(st.lists(edits, min_size=1, max_size=3))
def test_going_on_from_an_earlier_result_gives_what_a_fresh_start_gives(found: list[Edit]) -> None:
    files = FILES | COMPOSED
    result = compile_app(workspace(files), STANDARD)
    for edit in found:
        files = edit.applied(files)
        result = compile_app(workspace(files), STANDARD, result)
        assert_same(result, compile_app(workspace(files), STANDARD))
    composed = workspace(FILES | COMPOSED)
    assert_same(compile_app(composed, STANDARD, result), compile_app(composed, STANDARD))


def test_apps_come_and_go() -> None:
    first = compile_app(workspace(FILES), STANDARD)
    composed = compile_app(workspace(FILES | COMPOSED), STANDARD, first)
    assert told(composed) == told(compile_app(workspace(FILES | COMPOSED), STANDARD))
    assert composed.bundle is not None
    assert "weight" in composed.bundle.workspace.entities[EntityId("crm.Customer")].fields
    assert_same(
        compile_app(workspace(FILES), STANDARD, composed), compile_app(workspace(FILES), STANDARD)
    )


def test_an_edit_of_an_extension_reaches_what_it_extends_alone() -> None:
    files = FILES | COMPOSED
    before = compile_app(workspace(files), STANDARD)
    edited = files["erp/app.case"].replace("account: text(20)", 'account "Number": text(20)')
    after = compile_app(workspace(files | {"erp/app.case": edited}), STANDARD, before)
    assert before.bundle and after.bundle
    one, other = (each.bundle.workspace.entities for each in (before, after) if each.bundle)
    assert [id for id in other if other[id] is not one[id]] == ["crm.Customer"]


def test_an_edit_of_a_label_keeps_every_other_entity(compiled: Compiled) -> None:
    text = FILES["crm/deal.case"]
    edited = text.replace("won_on: date readonly", 'won_on "Won": date readonly')
    assert edited != text
    result = compile_app(workspace(FILES | {"crm/deal.case": edited}), STANDARD, compiled)
    assert compiled.bundle and result.bundle
    before, after = compiled.bundle.workspace.entities, result.bundle.workspace.entities
    assert [id for id in after if after[id] is not before[id]] == ["crm.Deal"]
    compile_app(workspace(FILES), STANDARD, result)


# ---------------------------------------------------------------- the release hash


def test_the_names_and_order_of_files_do_not_change_the_hash() -> None:
    files = {path: text for path, text in FILES.items() if path.startswith("northwind/")}
    moved = {f"northwind/z{n}.case": text for n, text in enumerate(reversed(files.values()))}
    one, other = (compile_app(workspace(each), STANDARD) for each in (files, moved))
    assert one.bundle and other.bundle
    assert one.bundle.hash == other.bundle.hash


def test_comments_and_layout_do_not_change_the_hash(compiled: Compiled) -> None:
    noisy = {path: f"# a remark\n\n{text}\n\n# another\n" for path, text in FILES.items()}
    result = compile_app(workspace(noisy), STANDARD)
    assert compiled.bundle and result.bundle
    assert result.bundle.hash == compiled.bundle.hash


def test_a_changed_meaning_changes_the_hash(compiled: Compiled) -> None:
    text = FILES["crm/deal.case"].replace("amount >= 500_000", "amount >= 600_000")
    result = compile_app(workspace(FILES | {"crm/deal.case": text}), STANDARD)
    assert compiled.bundle and result.bundle
    assert result.bundle.hash != compiled.bundle.hash


# ---------------------------------------------------------------- broken texts


def test_a_broken_declaration_hides_no_other_fault() -> None:
    files = FILES | {
        "crm/deal.case": FILES["crm/deal.case"] + "\nentity (((\n",
        "crm/task.case": FILES["crm/task.case"].replace("due < today()", "due < tody()"),
    }
    result = compile_app(workspace(files), STANDARD)
    assert result.bundle is None
    assert {code for code, _, _ in told(result)} == {"CW0101", "CW0422"}


def test_what_follows_from_a_faulty_line_is_not_told() -> None:
    files = FILES | {
        "crm/deal.case": FILES["crm/deal.case"].replace(
            "amount: money required min 0", "amount money required min 0"
        )
    }
    result = compile_app(workspace(files), STANDARD)
    assert [location.file for _, location, _ in told(result)] == ["crm/deal.case"]


def test_any_text_is_answered() -> None:
    """Whatever lines are shuffled together, there is an answer and no exception."""
    dice = random.Random(7)
    lines = [line for text in FILES.values() for line in text.split("\n")]
    for _ in range(30):
        text = "\n".join(dice.choice(lines) for _ in range(60))
        result = compile_app(workspace({"crm/app.case": text}), STANDARD)
        assert result.bundle is None


def test_a_workspace_of_nothing_is_the_prelude_alone() -> None:
    result = compile_app(workspace({}), STANDARD)
    assert result.bundle is not None
    assert list(result.bundle.workspace.entities) == ["std.Team", "std.User"]


def test_a_long_chain_of_computed_fields_compiles() -> None:
    chain = "".join(f"  f{n} = f{n - 1} + 0\n" for n in range(1, 400))
    text = f"entity Long\n  f0: int\n{chain}  access\n    everyone read\n"
    app = 'app long "Long"\n'
    result = compile_app(workspace({"long/app.case": f"{app}\n{text}"}), STANDARD)
    assert told(result) == []
