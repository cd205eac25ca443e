"""Problems of syntax: text that is no Casework, and the way back to it."""

from __future__ import annotations

from collections.abc import Iterable

from dsl.diagnostic import Edit, Fix, Label, Message, Problem, Safety
from dsl.source import Place, Span


def _before(place: Place) -> Place:
    return Place(place.block, Span(place.span.start, place.span.start))


def _after(place: Place) -> Place:
    return Place(place.block, Span(place.span.end, place.span.end))


def _replace(place: Place, text: str, safety: Safety = Safety.SAFE) -> Fix:
    return Fix(Message(f"write `{text}`", f"改为 `{text}`"), (Edit(place, text),), safety)


# ---------------------------------------------------------------- words and signs

JOINED = Message('texts are put together in one: `"{{a}} {{b}}"`', '拼接文本请写 `"{{a}} {{b}}"`')
CHOSEN = Message(
    "write `case`, and below it a line for each choice: `condition: value`, the last `else: value`",
    "请写 `case`，并在下方每种情况各写一行：`条件: 值`，最后一行为 `else: 值`",
)
"""How Casework says what other languages say with a sign or a function."""


class Unexpected(Problem, code="CW0101", name="unexpected"):
    found: str
    expected: Message
    hint: Message | None = None
    message = Message("`{found}` cannot stand here", "此处不能出现 `{found}`")
    label = Message("expected {expected}", "此处应为{expected}")

    def more_help(self) -> Message | None:
        return self.hint


class UnknownWord(Problem, code="CW0102", name="unknown-word"):
    """A word that is none of those that can stand here, and close to one of them."""

    word: str
    meant: str
    message = Message("`{word}` cannot stand here", "此处不能写 `{word}`")
    label = Message("did you mean `{meant}`?", "是否想写 `{meant}`？")

    def fixes(self) -> Iterable[Fix]:
        yield _replace(self.at, self.meant)


class ReservedName(Problem, code="CW0103", name="reserved-name"):
    word: str
    message = Message(
        "`{word}` is a word of the language and cannot be a name",
        "`{word}` 是语言的保留字，不能用作名称",
    )
    label = Message("a name is expected here", "此处应为名称")
    help = Message(
        "reserved: and or not in is case else where of true false null me this old",
        "保留字：and or not in is case else where of true false null me this old",
    )

    def fixes(self) -> Iterable[Fix]:
        yield _replace(self.at, f"{self.word}_", Safety.UNSAFE)


class FullWidth(Problem, code="CW0104", name="full-width-punctuation"):
    signs: str
    edits: tuple[Edit, ...]
    message = Message(
        "full-width punctuation outside a text: {signs}", "文本之外出现全角标点：{signs}"
    )
    label = Message("use the half-width sign", "请用半角符号")

    def fixes(self) -> Iterable[Fix]:
        yield Fix(Message("make it half-width", "改为半角"), self.edits)


class SingleEquals(Problem, code="CW0105", name="single-equals"):
    message = Message("a condition compares with `==`", "条件中用 `==` 比较")
    label = Message("`=` sets a value", "`=` 用于赋值")

    def fixes(self) -> Iterable[Fix]:
        yield _replace(self.at, "==")


class ForeignSign(Problem, code="CW0106", name="foreign-sign"):
    """A sign of another language for which Casework has a word or another sign."""

    sign: str
    meant: str
    message = Message("`{sign}` is written `{meant}` here", "`{sign}` 在此写作 `{meant}`")

    def fixes(self) -> Iterable[Fix]:
        yield _replace(self.at, "not " if self.sign == "!" else self.meant)


class MissingColon(Problem, code="CW0107", name="missing-colon"):
    word: str
    message = Message("`:` is missing after `{word}`", "`{word}` 之后缺少 `:`")
    label = Message("`:` belongs behind this", "`:` 应在此之后")

    def fixes(self) -> Iterable[Fix]:
        yield Fix(Message("insert `:`", "加上 `:`"), (Edit(_after(self.at), ":"),))


class ChainedComparison(Problem, code="CW0108", name="chained-comparison"):
    message = Message("comparisons cannot be chained", "比较不能连写")
    label = Message("this is the second comparison", "这是第二个比较")
    help = Message(
        "write `a < b and b < c`, or `b in a..c`", "请写 `a < b and b < c`，或 `b in a..c`"
    )


class AmbiguousCoalesce(Problem, code="CW0109", name="ambiguous-coalesce"):
    operator: str
    message = Message(
        "`??` beside `{operator}` needs brackets", "`??` 与 `{operator}` 并用时须加括号"
    )
    label = Message("put this in brackets", "请给这一段加括号")

    def fixes(self) -> Iterable[Fix]:
        edits = (Edit(_before(self.at), "("), Edit(_after(self.at), ")"))
        yield Fix(Message("add brackets", "加上括号"), edits)


class EndsEarly(Problem, code="CW0112", name="ends-early"):
    expected: Message
    message = Message("this ends too early", "这里没有写完")
    label = Message("expected {expected}", "此处应为{expected}")


class FlowWithoutEntity(Problem, code="CW0113", name="flow-without-entity"):
    field: str
    message = Message("a flow names its entity and field", "流程须写明实体与字段")
    label = Message("of which entity is `{field}`?", "`{field}` 属于哪个实体？")
    help = Message("write `flow Deal.{field}`", "例如 `flow Deal.{field}`")


class WrittenTwice(Problem, code="CW0111", name="written-twice"):
    what: str
    first: Place
    message = Message("`{what}` is written twice", "`{what}` 写了两次")
    label = Message("again here", "此处重复")

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("first here", "首次出现在此"))


# ---------------------------------------------------------------- texts, brackets, literals


class LoneQuote(Problem, code="CW0120", name="lone-quote"):
    quote: str
    message = Message("a quote has no partner", "引号不成对")
    label = Message("this `{quote}` opens or closes nothing", "此 `{quote}` 没有配对")
    help = Message(
        'a text begins and ends on one line; a longer one stands between two lines of `"""`',
        '文本须在同一行内结束；较长的文本写在两行 `"""` 之间',
    )


class UnclosedBrace(Problem, code="CW0121", name="unclosed-brace"):
    """`end` is where the name ends that stands behind the brace."""

    end: Place | None = None
    message = Message("`{{` in a text is not closed", "文本中的 `{{` 没有结束")
    label = Message("an expression begins here", "表达式从这里开始")
    help = Message("for a brace itself write `{{{{`", "若要写花括号本身，请写 `{{{{`")

    def fixes(self) -> Iterable[Fix]:
        if self.end is not None:
            title = Message("close it", "加上 `}`")
            yield Fix(title, (Edit(self.end, "}"),), Safety.UNSAFE)
        yield _replace(self.at, "{{", Safety.UNSAFE)


class UnclosedBracket(Problem, code="CW0122", name="unclosed-bracket"):
    sign: str
    message = Message("`{sign}` is not closed", "`{sign}` 没有结束")
    label = Message("opened here", "在此打开")


class SingleQuotes(Problem, code="CW0123", name="single-quotes"):
    text: str
    message = Message("a text stands in double quotes", "文本用双引号括起")
    label = Message("these are single quotes", "这里是单引号")

    def fixes(self) -> Iterable[Fix]:
        yield _replace(self.at, '"' + self.text.replace('"', r"\"") + '"')


class BracedLabel(Problem, code="CW0124", name="expression-in-label"):
    message = Message("this text cannot hold an expression", "此文本中不能含有表达式")
    label = Message("labels and help are fixed texts", "标签与帮助是固定文本")
    help = Message("for a brace itself write `{{{{`", "若要写花括号本身，请写 `{{{{`")


class NoSuchDate(Problem, code="CW0125", name="no-such-date"):
    text: str
    message = Message("`{text}` is not in the calendar", "`{text}` 不存在")
    label = Message("no such date or time", "没有这个日期或时间")


class NotWhole(Problem, code="CW0126", name="not-a-whole-number"):
    text: str
    message = Message("`{text}` is not a whole number", "`{text}` 不是整数")
    label = Message("a count is expected here", "此处应为个数")


# ---------------------------------------------------------------- lines and limits


class TabIndentation(Problem, code="CW0130", name="tab-indentation"):
    edits: tuple[Edit, ...]
    message = Message("lines are indented with spaces, not tabs", "缩进用空格，不用制表符")
    label = Message("a tab", "这是制表符")

    def fixes(self) -> Iterable[Fix]:
        yield Fix(Message("replace tabs with spaces", "把制表符换成空格"), self.edits)


class BadIndentation(Problem, code="CW0131", name="bad-indentation"):
    message = Message(
        "the indentation of this line fits no line above", "此行的缩进与上方各行都不相符"
    )
    label = Message("indented unlike its neighbours", "缩进与相邻行不一致")
    help = Message(
        "lines that belong together start in the same column; what belongs to a line is two"
        " spaces further in",
        "同级的行从同一列开始；从属的行多缩进两个空格",
    )


class MissingBody(Problem, code="CW0132", name="missing-body"):
    message = Message("nothing is written below this line", "这一行下面没有内容")
    label = Message("its content stands on indented lines below", "它的内容写在下方缩进的行里")


class NestedTooDeep(Problem, code="CW0133", name="nested-too-deep"):
    message = Message("nested deeper than 200 levels", "嵌套超过 200 层")
    label = Message("here", "在此")
    help = Message("give parts of it names of their own", "请给其中的部分单独命名")


class LineTooLong(Problem, code="CW0134", name="line-too-long"):
    message = Message("a line is longer than 16 KiB", "一行超过 16 KiB")
    label = Message("not read", "未读取")


class BlockTooLong(Problem, code="CW0135", name="block-too-long"):
    message = Message("a declaration is longer than 256 KiB", "一个声明超过 256 KiB")
    label = Message("not read", "未读取")


class Unreadable(Problem, code="CW0024", name="unreadable-file"):
    message = Message("the file cannot be read", "无法读取此文件")
    help = Message(
        "let the person who runs Casework read it, or remove it from the workspace",
        "请让运行 Casework 的用户有读取权限，或把它移出工作区",
    )


class FileTooLarge(Problem, code="CW0025", name="file-too-large"):
    message = Message("the file is larger than 4 MiB", "文件超过 4 MiB")
    help = Message("divide it; a table of data is imported", "请拆分；数据表请用导入")


class NotUtf8(Problem, code="CW0026", name="not-utf-8"):
    message = Message("the file is not UTF-8 text", "文件不是 UTF-8 文本")
    label = Message("this and what follows cannot be understood", "从此处起无法识别")
    help = Message("save it in the encoding UTF-8", "请以 UTF-8 编码保存")


class TooManyBlocks(Problem, code="CW0027", name="too-many-declarations"):
    message = Message(
        "a file with more than 5,000 declarations is not read to its end",
        "文件超过 5,000 个声明，其余未读取",
    )
    help = Message("divide it", "请拆分此文件")


class MoreFaults(Problem, code="CW0136", name="more-faults"):
    message = Message("more faults follow", "后面还有更多错误")
    label = Message("the text is not read beyond this line", "此行之后未再读取")
