"""Members by path, and changes of them that leave all else as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.edit import apply
from dsl.format import format
from dsl.lines import header_start
from dsl.members import (
    Member,
    NoSuchMember,
    append,
    find,
    insert,
    members,
    move,
    remove,
    replace,
)
from dsl.source import SourceFile, Sources

APPS = Path(__file__).parents[2] / "apps"
TEXT = '''\
## Somebody we sell to.
entity Customer "Customer"
  name: text
  # How we reach them.
  phone: phone

  check (
    name is not null
    or phone is not null
  )
  access
    everyone read

mail hello on Customer
  body """
    Dear {name},

    see you.
    """
  subject "Hello"
'''


def sources(text: str = TEXT) -> Sources:
    return Sources([SourceFile("shop/app.case", text)])


def after(edits: object, text: str = TEXT) -> str:
    return apply(sources(text), edits).get("shop/app.case", text)  # type: ignore[arg-type]


def test_a_member_has_its_comments_its_line_and_what_is_further_in() -> None:
    found = find(sources(), ("entity Customer", "phone"))
    assert found.text == "  # How we reach them.\n  phone: phone"
    assert find(sources(), ("entity Customer", "access", "everyone")).text == "    everyone read"
    assert find(sources(), ("entity Customer", "check")).text.endswith("\n  )")
    assert find(sources(), ("mail hello", "body")).text.endswith('see you.\n    """')


@pytest.mark.parametrize(
    "path", [("entity Cust",), ("entity Customer", "nam"), ("entity Customer", "access", "x")]
)
def test_a_path_that_leads_nowhere_says_where_it_ends(path: tuple[str, ...]) -> None:
    with pytest.raises(NoSuchMember) as refused:
        find(sources(), path)
    assert refused.value.step == path[-1]


def test_a_member_is_inserted_where_it_is_wanted() -> None:
    edits = insert(sources(), ("entity Customer",), "## Since when.\nsince: date", after="name")
    assert "  name: text\n  ## Since when.\n  since: date\n  # How" in after(edits)
    edits = insert(sources(), ("entity Customer",), "since: date", before="phone")
    assert "  name: text\n  since: date\n  # How we reach them.\n  phone" in after(edits)
    edits = insert(sources(), ("entity Customer", "access"), "Admin all")
    assert "    everyone read\n    Admin all\n\nmail" in after(edits)


def test_a_declaration_without_members_gets_its_first() -> None:
    text = "entity A\n\nentity B\n"
    edits = insert(sources(text), ("entity A",), "name: text")
    assert after(edits, text) == "entity A\n  name: text\n\nentity B\n"


def test_a_declaration_is_appended_to_a_file() -> None:
    edits = append(sources().files["shop/app.case"], "role Sales\n")
    assert after(edits).endswith('  subject "Hello"\n\nrole Sales\n')


def test_a_replaced_member_keeps_its_comment() -> None:
    edits = replace(sources(), ("entity Customer", "phone"), "phone: phone required\nfax: phone")
    changed = after(edits)
    assert "  # How we reach them.\n  phone: phone required\n  fax: phone\n\n" in changed


def test_a_removed_member_takes_its_comment_along() -> None:
    assert after(remove(sources(), ("entity Customer", "phone"))) == TEXT.replace(
        "  # How we reach them.\n  phone: phone\n", ""
    )
    assert after(remove(sources(), ("mail hello",))) == TEXT[: TEXT.index("mail")]


def test_a_member_moves_with_all_that_is_its_own() -> None:
    changed = after(move(sources(), ("entity Customer", "phone"), before="name"))
    assert changed.startswith(
        "## Somebody we sell to.\n"
        'entity Customer "Customer"\n'
        "  # How we reach them.\n  phone: phone\n  name: text\n"
    )
    assert after(move(sources(), ("entity Customer", "name"), after="name")) == TEXT


def everything(of: Member) -> list[tuple[str, ...]]:
    """The paths of all that stands in a member, to any depth; names of lines that begin alike
    stand for the first."""
    found: dict[tuple[str, ...], None] = {}
    for each in members(of):
        step = each.block.text[each.start :].partition("\n")[0]
        if (step,) not in found:
            found[(step,)] = None
            found |= {(step, *path): None for path in everything(each)}
    return [*found]


FILES = sorted(APPS.rglob("*.case"))


@given(st.data())
def test_what_is_taken_out_and_put_back_gives_the_same_text(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(FILES))
    text = file.read_text("utf-8")
    known = sources(text)
    block = data.draw(st.sampled_from(known.files["shop/app.case"].blocks))
    first = block.text[header_start(block.text) :].partition("\n")[0]
    paths = everything(find(known, (first,)))
    if not paths:
        return
    path = (first, *data.draw(st.sampled_from(paths)))
    member = find(known, path)
    own = member.block.text[member.start : member.end]
    margin = " " * member.column
    dedented = "\n".join(line.removeprefix(margin) for line in own.split("\n"))
    assert after(replace(known, path, dedented), text) == text
    without = after(remove(known, path), text)
    assert len(without) == len(text) - len(member.text) - 1 or without + "\n" == text
    beside = [step for step in _beside(known, path) if step != path[-1]]
    if beside:
        there = data.draw(st.sampled_from(beside))
        moved = after(move(known, path, after=there), text)
        assert sorted(moved.split("\n")) == sorted(text.split("\n"))
        assert format(moved).count("\n") <= moved.count("\n") + 1


def _beside(known: Sources, path: tuple[str, ...]) -> list[str]:
    parent = find(known, path[:-1])
    return [each.block.text[each.start :].partition("\n")[0] for each in members(parent)]
