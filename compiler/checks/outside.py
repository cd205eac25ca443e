"""What reaches out: that it belongs to whom it should."""

from __future__ import annotations

from compiler.build import Build, query
from compiler.resolve.declared import PRELUDE, decl, of_kind
from compiler.resolve.names import place
from dsl.ast.outside import ConnectorDecl
from dsl.diagnostic import Message, Problem


class ConnectorOfAnApp(Problem, code="CW0837", name="connector-of-an-app"):
    connector: str
    message = Message(
        "a connector belongs to the library, which carries it out", "连接器由标准库提供并执行"
    )
    help = Message(
        "use one, `connect erp using std.kingdee`; a `webhook` tells any other system",
        "请用 `connect erp using std.kingdee`；要通知其他系统请用 `webhook`",
    )


@query
def connectors_are_of_the_library(build: Build) -> None:
    """An app declares no connector: nothing would carry it out."""
    for each in of_kind(build, "connector"):
        if each.module != PRELUDE:
            at = place(each.block, decl(build, each.block, ConnectorDecl).name)
            build.report(ConnectorOfAnApp(at=at, connector=each.name))
