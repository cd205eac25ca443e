from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.diagnostic import Edit
from dsl.edit import OverlappingEdits, apply
from dsl.source import Place, SourceFile, Sources, Span

SOURCES = Sources(
    [SourceFile("a.case", "# 客户\nrole A\n\nrole B\n"), SourceFile("b.case", "role C\n")]
)


def edit(block: str, start: int, end: int, text: str) -> Edit:
    return Edit(Place(block, Span(start, end)), text)


def test_edits_change_their_files_and_nothing_else() -> None:
    edits = [edit("a.case:role B", 5, 6, "Boss"), edit("b.case:role C", 6, 6, ' "See"')]
    assert apply(SOURCES, edits) == {
        "a.case": "# 客户\nrole A\n\nrole Boss\n",
        "b.case": 'role C "See"\n',
    }


def test_equal_edits_count_once_and_insertions_keep_their_order() -> None:
    insertions = [edit("b.case:role C", 5, 5, text) for text in ("x", "y", "x")]
    assert apply(SOURCES, insertions) == {"b.case": "role xyC\n"}


def test_an_edit_that_changes_nothing_names_no_file() -> None:
    assert apply(SOURCES, [edit("b.case:role C", 0, 4, "role")]) == {}


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(OverlappingEdits):
        apply(SOURCES, [edit("b.case:role C", 0, 4, "x"), edit("b.case:role C", 3, 6, "y")])


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 3), st.text("xy", max_size=3))))
def test_what_is_not_edited_stays(changes: list[tuple[int, int, str]]) -> None:
    text = "abcdefghij"
    sources = Sources([SourceFile("a.case", text)])
    key = sources.files["a.case"].blocks[0].key
    edits = [edit(key, start, start + length, new) for start, length, new in changes]
    replaced = {index for start, length, _ in changes for index in range(start, start + length)}
    try:
        result = apply(sources, edits).get("a.case", text)
    except OverlappingEdits:
        return
    kept = [char for char in result if char not in "xy"]
    assert kept == [char for index, char in enumerate(text) if index not in replaced]
