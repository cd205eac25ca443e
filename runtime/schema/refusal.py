"""What the database cannot do without a person's decision, in the words of the change plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.diagnostic import Message

ChangeClass = Literal["safe", "backfill", "blocking", "lossy", "exposure", "behaviour", "refused"]

CLASSES: dict[ChangeClass, Message] = {
    "safe": Message("safe", "安全"),
    "backfill": Message("backfill", "需要补值"),
    "blocking": Message("blocking", "会阻塞"),
    "lossy": Message("lossy", "会丢数据"),
    "exposure": Message("exposure", "扩大权限"),
    "behaviour": Message("behaviour", "行为变化"),
    "refused": Message("refused", "拒绝"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that stands in the way: its class, the path of the element, how many rows it
    concerns, and what it is and what would help, in words."""

    change_class: ChangeClass
    place: str
    rows: int
    message: Message

    @property
    def words(self) -> Message:
        """The whole of it on one line."""
        known = CLASSES[self.change_class]
        return Message(
            f"{known.en}: {self.message.en}",
            f"{known.zh}：{self.message.zh}",
        )


class Refused(Exception):
    """The database was left as it was; `changes` say why."""

    def __init__(self, changes: tuple[Change, ...]) -> None:
        self.changes = changes
        super().__init__("\n".join(change.words.en for change in changes))
