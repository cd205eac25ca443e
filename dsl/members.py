"""Members of a text by their path, and changes of them as edits: the base of fixes that add or take
lines, of answers written into the text, and of visual editing.

A path is the beginning of each line that leads to a member, from its declaration inwards:
`("entity Customer", "name")`, `("flow Deal.stage", "state review", "approve manager")`. One fact
stands on one line with what is further in below it, so this needs no knowledge of any construct.
Nothing but the member's own lines changes; comments right above a member are its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dsl.diagnostic import Edit
from dsl.layout import INDENT
from dsl.lines import block_end, header_start, indent, line_end, line_start, logical_end
from dsl.source import Block, Place, SourceFile, Sources, Span

Path = Sequence[str]


class NoSuchMember(LookupError):
    """No line of the text begins like that step of the path."""

    def __init__(self, path: Path, step: str) -> None:
        super().__init__(f"{' / '.join(path)}: nothing begins with `{step}`")
        self.path, self.step = tuple(path), step


@dataclass(frozen=True, slots=True)
class Member:
    """A line with what belongs to it: comments above from `top`, its own text from `start`, and
    all that stands further in, to `end`; offsets in its block."""

    block: Block
    top: int
    start: int
    end: int

    @property
    def column(self) -> int:
        return indent(self.block.text, line_start(self.block.text, self.start))

    @property
    def text(self) -> str:
        """All its lines, comments too, as they stand."""
        return self.block.text[self.top : self.end]

    def edit(self, start: int, end: int, text: str) -> Edit:
        return Edit(Place(self.block.key, Span(start, end)), text)


def find(sources: Sources, path: Path) -> Member:
    """The member at a path; raises NoSuchMember."""
    found = _declaration(sources, path)
    for step in path[1:]:
        inside = (each for each in members(found) if _begins(each, step))
        below = next(inside, None)
        if below is None:
            raise NoSuchMember(path, step)
        found = below
    return found


def members(of: Member) -> Iterator[Member]:
    """What stands one level further in than a member, in written order."""
    text = of.block.text
    at = logical_end(text, line_start(text, of.start)) + 1
    top: int | None = None
    while at < of.end:
        line = text[at : line_end(text, at)]
        if not line.strip():
            top = None
        elif line.lstrip().startswith("#"):
            top = at if top is None else top
        else:
            end = block_end(text, at, logical_end(text, at))
            start = at + indent(text, at)
            yield Member(of.block, at if top is None else top, start, _written_end(text, end))
            at, top = end, None
        at = line_end(text, at) + 1


def insert(
    sources: Sources, parent: Path, text: str, *, before: str = "", after: str = ""
) -> tuple[Edit, ...]:
    """Write lines into a member: before or after one that begins so, else behind the last.

    `text` is as it would stand at column 0. Raises NoSuchMember.
    """
    owner = find(sources, parent)
    inside = [*members(owner)]
    column = inside[0].column if inside else owner.column + INDENT
    lines = _indented(text, column)
    if before or after:
        beside = find(sources, (*parent, before or after))
        if before:
            return (beside.edit(beside.top, beside.top, lines + "\n"),)
        return (beside.edit(beside.end, beside.end, "\n" + lines),)
    end = inside[-1].end if inside else _written_end(owner.block.text, owner.end)
    return (owner.edit(end, end, "\n" + lines),)


def append(file: SourceFile, text: str) -> tuple[Edit, ...]:
    """Write a declaration behind all others of a file, which must have one."""
    block = file.blocks[-1]
    end = len(block.text.rstrip())
    return (Edit(Place(block.key, Span(end, end)), f"\n\n{text.strip()}"),)


def replace(sources: Sources, path: Path, text: str) -> tuple[Edit, ...]:
    """Write other lines in place of a member; the comments above it stay."""
    found = find(sources, path)
    lines = _indented(text, found.column).lstrip()
    return (found.edit(found.start, found.end, lines),)


def remove(sources: Sources, path: Path) -> tuple[Edit, ...]:
    """Take a member out, with its comments. What is left of the member around it may need one."""
    found = find(sources, path)
    text = found.block.text
    after = min(found.end + 1, len(text))
    if len(path) == 1:
        after = len(text)
    return (found.edit(found.top, after, ""),)


def move(sources: Sources, path: Path, *, before: str = "", after: str = "") -> tuple[Edit, ...]:
    """Put a member before or after one beside it; raises NoSuchMember."""
    found = find(sources, path)
    beside = find(sources, (*path[:-1], before or after))
    if beside == found:
        return ()
    at, text = (beside.top, found.text + "\n") if before else (beside.end, "\n" + found.text)
    return (*remove(sources, path), found.edit(at, at, text))


def _declaration(sources: Sources, path: Path) -> Member:
    for file in sources.files.values():
        for block in file.blocks:
            start = header_start(block.text)
            end = _written_end(block.text, len(block.text))
            found = Member(block, 0, start, end)
            if _begins(found, path[0]):
                return found
    raise NoSuchMember(path, path[0])


def _begins(member: Member, step: str) -> bool:
    """Whether a member's line begins with a step, and does not go on within its last word."""
    text, end = member.block.text, member.start + len(step)
    if not step or text[member.start : end] != step:
        return False
    return not (
        step[-1].isalnum() and end < len(text) and (text[end].isalnum() or text[end] == "_")
    )


def _indented(text: str, column: int) -> str:
    lines = text.strip("\n").split("\n")
    return "\n".join(" " * column + line if line.strip() else "" for line in lines)


def _written_end(text: str, end: int) -> int:
    """The end of what is written before a place, without blank lines."""
    return len(text[:end].rstrip())
