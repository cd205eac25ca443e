from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dsl.source import Place, SourceFile, Sources, Span


def keys(text: str) -> list[str]:
    return [block.key for block in SourceFile("a.case", text).blocks]


def test_a_block_is_named_by_file_kind_and_name() -> None:
    text = "entity A\n  x: text\n\nflow A.stage\n\nentity A\n"
    assert keys(text) == ["a.case:entity A", "a.case:flow A.stage", "a.case:entity A~2"]


def test_comments_right_above_a_declaration_belong_to_it() -> None:
    first, second = SourceFile("a.case", "role A\n\n# apart\n\n# of B\nrole B\n").blocks
    assert first.text == "role A\n\n# apart\n\n"
    assert second.text == "# of B\nrole B\n"


def test_a_long_text_at_the_margin_starts_no_block() -> None:
    text = 'rule r on A\n  do\n    log """\nnot a block\n"""\nrole B\n'
    assert keys(text) == ["a.case:rule r", "a.case:role B"]


def test_quotes_in_a_comment_or_never_closed_leave_the_blocks_apart() -> None:
    assert keys('# use """ for long texts\nrole A\nrole B\n') == ["a.case:role A", "a.case:role B"]
    assert keys('role A """\nrole B\n') == ["a.case:role A", "a.case:role B"]


def test_indented_text_above_all_declarations_is_a_block() -> None:
    assert [b.text for b in SourceFile("a.case", "# c\n\n  lost: text\nrole B\n").blocks] == [
        "  lost: text\n",
        "role B\n",
    ]


def test_a_place_follows_its_block_when_text_moves_above_it() -> None:
    place = Place("a.case:role B", Span(5, 6))
    before = Sources([SourceFile("a.case", "role B\n")]).locate(place)
    after = Sources([SourceFile("a.case", "# 客户\nrole A\n\nrole B\n")]).locate(place)
    assert (str(before), str(after)) == ("a.case:1:6", "a.case:4:6")


@given(st.text(alphabet='ab #"\n \t：', max_size=60))
def test_blocks_cover_all_text_but_leading_blanks_and_comments(text: str) -> None:
    file = SourceFile("a.case", text)
    blocks = file.blocks
    start = blocks[0].start if blocks else len(text)
    assert all(not line.strip() or line.strip()[0] == "#" for line in text[:start].split("\n"))
    assert text[start:] == "".join(block.text for block in blocks)
    assert len({block.key for block in blocks}) == len(blocks)
