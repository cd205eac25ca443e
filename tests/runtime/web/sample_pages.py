"""Every page with plain data in each language: what the page tests and the gallery draw."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from runtime.web import cells, chart
from runtime.web import contexts as c
from runtime.web.messages import messages
from runtime.web.rows import Cell, row_function
from runtime.web.widgets import Field, Grid, GridCell, GridColumn, GridRow, Option

WORDS = {
    "en": {
        "workspace": "Casework",
        "app": "Customer management",
        "customer": "Customer",
        "contact": "Contact",
        "deal": "Deal",
        "order": "Order",
        "product": "Product",
        "task": "Task",
        "revenue": "Revenue by month",
        "pipeline": "Pipeline by stage",
        "me": "Lin Yue",
        "other": "Marcus Webb",
        "role": "Sales manager",
        "name": "Company",
        "industry": "Industry",
        "stage": "Stage",
        "owner": "Owner",
        "value": "Annual value",
        "last": "Last order",
        "phone": "Phone",
        "email": "Email",
        "website": "Website",
        "message": "Notes",
        "basics": "Basics",
        "commercial": "Commercial",
        "lines": "Lines",
        "quantity": "Quantity",
        "price": "Price",
        "amount": "Amount",
        "confirm": "Confirm",
        "ship": "Ship",
        "cancel": "Cancel order",
        "draft": "Draft",
        "confirmed": "Confirmed",
        "lead": "Lead",
        "won": "Won",
        "lost": "Lost",
        "review": "In review",
        "internet": "Internet",
        "retail": "Retail",
        "manufacturing": "Manufacturing",
        "why": "Fill in the delivery date first.",
        "reason": "Reason",
        "notice": "Deal “Yangtze rollout” is waiting for your review",
        "notice2": "Order SO-2026-0412 was confirmed by Marcus Webb",
        "note": "Prefers calls in the morning.\nAsked for a quote on 200 seats.",
        "team": "Team",
        "east": "East China",
        "month": "Month",
        "required_error": "Enter a value.",
        "ago": "2 hours ago",
        "about": "Companies you sell to, or hope to.",
    },
    "zh": {
        "workspace": "Casework",
        "app": "客户管理",
        "customer": "客户",
        "contact": "联系人",
        "deal": "商机",
        "order": "订单",
        "product": "产品",
        "task": "任务",
        "revenue": "月度收入",
        "pipeline": "各阶段商机",
        "me": "林悦",
        "other": "马志远",
        "role": "销售经理",
        "name": "公司名称",
        "industry": "行业",
        "stage": "阶段",
        "owner": "负责人",
        "value": "年度金额",
        "last": "最近下单",
        "phone": "电话",
        "email": "邮箱",
        "website": "网站",
        "message": "备注",
        "basics": "基本信息",
        "commercial": "商务信息",
        "lines": "明细",
        "quantity": "数量",
        "price": "单价",
        "amount": "金额",
        "confirm": "确认订单",
        "ship": "发货",
        "cancel": "取消订单",
        "draft": "草稿",
        "confirmed": "已确认",
        "lead": "线索",
        "won": "赢单",
        "lost": "输单",
        "review": "审批中",
        "internet": "互联网",
        "retail": "零售",
        "manufacturing": "制造业",
        "why": "请先填写交货日期。",
        "reason": "原因",
        "notice": "商机“长江项目推广”等待你审批",
        "notice2": "订单 SO-2026-0412 已由马志远确认",
        "note": "上午联系较方便。\n希望获得 200 个席位的报价。",
        "team": "团队",
        "east": "华东",
        "month": "月份",
        "required_error": "请填写。",
        "ago": "2 小时前",
        "about": "我们的客户，或希望成为客户的公司。",
    },
}

COMPANIES = {
    "en": (
        "Yangtze Logistics",
        "Harbour & Vale",
        "Northlight Retail Group",
        "Suzhou Precision Works",
        "Blue Heron Foods",
        "Kestrel Analytics",
        "Riverbend Hotels and Conference Centres International",
        "Ningbo Marine Supply",
        "Alder & Sons",
        "Meridian Health",
    ),
    "zh": (
        "长江物流有限公司",
        "杭州云帆科技",
        "北辰零售集团",
        "苏州精工机械制造股份有限公司",
        "蓝鹭食品",
        "红隼数据",
        "江湾国际酒店与会议中心管理集团",
        "宁波海洋物资",
        "桤木商贸",
        "子午健康",
    ),
}


def shell(language: str, path: str = "/crm/customer") -> c.Shell:
    w = WORDS[language]
    names = ("customer", "contact", "deal", "order", "product", "task")
    entities = tuple(
        c.NavEntry(
            label=w[name],
            href=f"/crm/{name}",
            mark=w[name][:1],
            hue=hue,
            current=path.startswith(f"/crm/{name}"),
            create_href=f"/crm/{name}/new",
        )
        for hue, name in enumerate(names)
    )
    reports = (
        c.Link(w["revenue"], "/crm/reports/revenue", current=path.endswith("revenue")),
        c.Link(w["pipeline"], "/crm/reports/pipeline"),
    )
    return c.Shell(
        language=language,
        workspace=w["workspace"],
        csrf="token",
        reader=w["me"],
        reader_detail=w["role"],
        is_admin=True,
        navigation=c.Navigation((c.NavArea(w["app"], entities, reports),)),
        path=path,
        unread=3,
        create=c.Link(w["customer"], "/crm/customer/new") if path == "/crm/customer" else None,
        demo=True,
    )


def stage(language: str) -> dict[str, cells.Choice]:
    w = WORDS[language]
    return {
        "lead": cells.Choice(w["lead"], "blue"),
        "review": cells.Choice(w["review"], "gold"),
        "won": cells.Choice(w["won"], "green"),
        "lost": cells.Choice(w["lost"], "gray"),
    }


def customer_table(language: str, count: int = 10) -> c.Table:
    w = WORDS[language]
    option = cells.CellOptions
    columns = (
        Cell(w["name"], cells.show("text", language), 1, part="title"),
        Cell(
            w["stage"],
            cells.show("choice", language, option(choices=stage(language))),
            2,
            part="state",
        ),
        Cell(w["industry"], cells.show("text", language), 3, part="card"),
        Cell(w["owner"], cells.show("text", language), 5, part="card"),
        Cell(w["value"], cells.show("money", language, option(currency="CNY")), 6, True, "card"),
        Cell(w["last"], cells.show("date", language), 7),
        Cell(w["phone"], cells.show("phone", language), 8),
    )
    industries = (w["internet"], w["retail"], w["manufacturing"], None)
    data = [
        (
            number,
            COMPANIES[language][number % 10],
            ("lead", "review", "won", "lost")[number % 4],
            industries[number % 4],
            number % 2,
            (w["me"], w["other"])[number % 2],
            Decimal(128_300) * (number + 1) / 7 if number % 5 else None,
            date(2026, 11, 21 - number % 20) if number % 3 else None,
            f"021-5588 10{number:02d}",
        )
        for number in range(count)
    ]
    rows = row_function(columns, "/crm/customer/")
    headings = tuple(
        c.Heading(
            cell.label,
            cell.numeric,
            "?sort=x",
            "descending" if cell.label == w["value"] else "none",
        )
        for cell in columns
    )
    return c.Table(w["customer"], headings, rows(data))


def sign_in(language: str) -> c.SignInPage:
    people = (
        c.Person("林悦 Lin Yue", "lin@example.com", WORDS[language]["role"]),
        c.Person("Marcus Webb", "marcus@example.com", "Sales"),
    )
    return c.SignInPage("/login", demo_people=people)


def sign_in_failed(language: str) -> c.SignInPage:
    return c.SignInPage("/login", email="a@example.com", error=messages(language)("sign_in.wrong"))


def bootstrap(language: str) -> c.BootstrapPage:
    t = messages(language)
    return c.BootstrapPage(
        "/setup/abc",
        (
            Field("text", "name", t("bootstrap.name"), required=True, autocomplete="name"),
            Field("email", "email", t("bootstrap.email"), required=True, autocomplete="username"),
            Field(
                "password",
                "password",
                t("bootstrap.password"),
                required=True,
                autocomplete="new-password",
                help=t("bootstrap.password_help"),
                error=t("bootstrap.password_short"),
            ),
        ),
    )


def notices(language: str) -> tuple[c.Notice, ...]:
    w = WORDS[language]
    return (
        c.Notice(
            "1",
            w["notice"],
            w["ago"],
            "2026-11-21T09:30",
            "/crm/deal/1",
            w["deal"],
            False,
            "/inbox/1/read",
        ),
        c.Notice(
            "2",
            w["notice2"],
            w["ago"],
            "2026-11-21T08:30",
            "/crm/order/2",
            w["order"],
            False,
            "/inbox/2/read",
        ),
    )


def home(language: str) -> c.HomePage:
    w = WORDS[language]
    recent = tuple(
        c.RecentRecord(
            COMPANIES[language][n],
            f"/crm/customer/{n}",
            w["customer"],
            w["customer"][:1],
            0,
            w["ago"],
            c.Badge(w["won"], "green") if n % 2 else None,
        )
        for n in range(5)
    )
    return c.HomePage(messages(language)("home.greeting", name=w["me"]), notices(language), recent)


def home_new(language: str) -> c.HomePage:
    w, t = WORDS[language], messages(language)
    steps = (
        c.Link(t("list.new", entity=w["customer"]), "/crm/customer/new", "plus"),
        c.Link(t("users.new"), "/users/new", "user-plus"),
    )
    return c.HomePage(t("home.greeting", name=w["me"]), first_steps=steps)


def inbox(language: str) -> c.InboxPage:
    return c.InboxPage(tabs(language), notices(language), "/inbox/read-all")


def inbox_empty(language: str) -> c.InboxPage:
    return c.InboxPage(tabs(language), ())


def tabs(language: str) -> tuple[c.Link, ...]:
    t = messages(language)
    return (
        c.Link(t("inbox.tab_unread"), "/inbox", current=True),
        c.Link(t("inbox.tab_all"), "/inbox?all=1"),
    )


def editor(language: str, key: str, where: str) -> c.FilterEditor:
    w, t = WORDS[language], messages(language)
    inputs = {
        "stage": Field(
            "choices",
            "value",
            w["stage"],
            options=tuple(Option(k, v.label, k == "won") for k, v in stage(language).items()),
        ),
        "owner": Field("reference", "value", w["owner"], options_href="/crm/user/options"),
        "value": Field("number", "value", w["value"], prefix="¥"),
        "last": Field("date", "value", w["last"]),
    }
    operators = {
        "stage": ("in",),
        "owner": ("eq", "ne"),
        "value": ("ge", "le"),
        "last": ("from", "until"),
    }
    return c.FilterEditor(
        key,
        w[key],
        tuple(Option(op, t(f"filter.op.{op}")) for op in operators[key]),
        replace(inputs[key], id=f"{where}-{key}", cell_label=w[key]),
    )


def customer_list(language: str) -> c.ListPage:
    w, t = WORDS[language], messages(language)
    keys = ("stage", "owner", "value", "last")
    return c.ListPage(
        title=w["customer"],
        path="/crm/customer",
        table=customer_table(language),
        count_text=t("list.count", n=1234),
        create_href="/crm/customer/new",
        chips=(
            c.Chip(w["stage"], t("filter.op.in"), w["won"], "?"),
            c.Chip(w["owner"], t("filter.op.eq"), t("filter.me"), "?"),
        ),
        filters=tuple(editor(language, key, "filter") for key in keys),
        clear_href="/crm/customer",
        columns=tuple(
            c.ColumnChoice(key, w[key], True, key == "name")
            for key in ("name", "stage", "industry", "owner", "value", "last", "phone")
        ),
        keep=(("sort", "-value"),),
        sorts=(
            c.Link(w["name"], "?sort=name"),
            c.Link(w["value"], "?sort=-value", "arrow-down", True),
        ),
        next_href="?after=x",
        previous_href="?before=x",
        range_text=t("list.range", first=51, last=100),
        sizes=tuple(c.Link(str(n), f"?size={n}", current=n == 50) for n in (25, 50, 100)),
    )


def list_unused(language: str) -> c.ListPage:
    w = WORDS[language]
    return c.ListPage(
        title=w["customer"],
        path="/crm/customer",
        table=customer_table(language, 0),
        empty=True,
        never_used=True,
        about=w["about"],
        create_href="/crm/customer/new",
    )


def list_no_match(language: str) -> c.ListPage:
    page = customer_list(language)
    return replace(page, table=customer_table(language, 0), empty=True, count_text="", search="zzz")


def shown(label: str, value: object, wide: bool = False) -> c.Shown:
    return c.Shown(label, Markup.escape(value), wide)


def line_table(language: str) -> c.Table:
    w = WORDS[language]
    money = cells.show("money", language, cells.CellOptions(currency="CNY"))
    columns = (
        Cell(w["product"], cells.show("text", language), 1, part="title"),
        Cell(w["quantity"], cells.show("int", language), 2, True, "card"),
        Cell(w["price"], money, 3, True, "card"),
        Cell(w["amount"], money, 4, True, "card"),
    )
    data = [
        (n, f"{w['product']} {n}", n, Decimal("199.5"), n * Decimal("199.5")) for n in (1, 2, 3)
    ]
    headings = tuple(c.Heading(cell.label, cell.numeric) for cell in columns)
    return c.Table(w["lines"], headings, row_function(columns)(data))


def record(language: str) -> c.RecordPage:
    w, t = WORDS[language], messages(language)
    show_phone = cells.show("phone", language)
    owner = cells.show("reference", language, cells.CellOptions(href="/crm/user/"))((4, w["me"]))
    change = c.Change(w["value"], Markup("¥120,000.00"), Markup("¥128,300.00"))
    return c.RecordPage(
        title=COMPANIES[language][0],
        entity=c.Link(w["customer"], "/crm/customer"),
        version="9",
        key="key",
        state=c.Badge(w["review"], "gold"),
        facts=(
            shown(w["owner"], Markup(owner)),
            shown(w["value"], "¥128,300.00"),
            shown(w["last"], cells.date_text(date(2026, 11, 21), language)),
        ),
        actions=(
            c.Action(w["confirm"], "/crm/customer/1/confirm", style="primary"),
            c.Action(w["ship"], "/crm/customer/1/ship", why_not=w["why"]),
            c.Action(w["cancel"], "/crm/customer/1/cancel", "get", "danger", dialog=True),
        ),
        edit_href="/crm/customer/1/edit",
        delete_href="/crm/customer/1/delete",
        warnings=(w["why"],),
        sections=(
            c.Section(
                w["basics"],
                (
                    shown(w["name"], COMPANIES[language][0]),
                    shown(w["industry"], w["internet"]),
                    shown(w["phone"], Markup(show_phone("021-5588 1000"))),
                    shown(w["website"], ""),
                    shown(w["message"], Markup(cells.show("note", language)(w["note"])), True),
                ),
            ),
        ),
        related=(
            c.Related("lines", w["lines"], line_table(language), t("record.lines_count", n=3)),
            c.Related("deals", w["deal"], None, create_href="/crm/deal/new?customer=1"),
        ),
        history=(
            c.HistoryEntry(
                w["me"],
                t("record.act.change"),
                w["ago"],
                "2026-11-21T09:30",
                changes=(change, c.Change(w["phone"], Markup(), Markup("021-5588 1000"))),
            ),
            c.HistoryEntry(
                w["other"],
                t("record.act.step", step=w["review"]),
                w["ago"],
                "2026-11-20T09:30",
                "arrow-right",
                source="deal.case:18",
            ),
            c.HistoryEntry(w["other"], t("record.act.create"), w["ago"], "2026-11-01", "plus"),
        ),
    )


def grid(language: str) -> Grid:
    w, t = WORDS[language], messages(language)

    def cell(
        kind: str, index: str, position: object, key: str, value: str = "", **more: str
    ) -> GridCell:
        label = t("grid.cell", position=str(position), field=w[key])
        name = f"lines.{index}.{key}"
        return GridCell(
            Field(kind, name, w[key], value, cell_label=label, required=key != "price", **more)  # type: ignore[arg-type]
        )

    def row(
        index: str, position: object, product: str = "", quantity: str = "", error: str = ""
    ) -> GridRow:
        reference = {"text": product, "options_href": "/crm/product/options", "error": error}
        return GridRow(
            index,
            "" if index == "__index__" else index,
            (
                cell("reference", index, position, "product", "7" if product else "", **reference),
                cell("number", index, position, "quantity", quantity),
                cell("number", index, position, "price", "199.50" if product else ""),
                GridCell(shown=Markup("¥399.00") if product else Markup(), numeric=True),
            ),
        )

    return Grid(
        "lines",
        w["lines"],
        (
            GridColumn(w["product"], True, False, 4),
            GridColumn(w["quantity"], True, True, 1),
            GridColumn(w["price"], False, True, 2),
            GridColumn(w["amount"], False, True, 1),
        ),
        (
            row("0", 1, f"{w['product']} A", "2"),
            row("1", 2, "", "", w["required_error"]),
        ),
        row("__index__", "__position__"),
    )


def form_fields(language: str) -> tuple[Field, ...]:
    w = WORDS[language]
    industries = tuple(Option(key, w[key]) for key in ("internet", "retail", "manufacturing"))
    stages = tuple(Option(k, v.label, k == "won") for k, v in stage(language).items())
    people = (Option("4", w["me"], True), Option("5", w["other"], True))
    return (
        Field(
            "text",
            "name",
            w["name"],
            COMPANIES[language][0],
            required=True,
            max_length=120,
            autofocus=True,
        ),
        Field("choice", "industry", w["industry"], "retail", options=industries),
        Field(
            "reference",
            "owner",
            w["owner"],
            "4",
            w["me"],
            options_href="/crm/user/options",
            required=True,
        ),
        Field("number", "value", w["value"], "128300.00", prefix="¥", help=w["about"]),
        Field("date", "last", w["last"], "2026-11-21"),
        Field("phone", "phone", w["phone"], "021-5588 1000"),
        Field("email", "email", w["email"]),
        Field("url", "website", w["website"]),
        Field("bool", "active", w["confirmed"], "true"),
        Field("choices", "stage", w["stage"], options=stages),
        Field("month", "month", w["month"], "2026-11"),
        Field("time", "time", "Time", "09:30"),
        Field("datetime", "datetime", "Datetime", "2026-11-21T09:30"),
        Field("duration", "duration", "Duration", "1 h 30 min"),
        Field(
            "references",
            "contacts",
            w["contact"],
            options=people,
            options_href="/crm/contact/options",
            span="full",
        ),
        Field("note", "message", w["message"], w["note"], span="full"),
    )


def form(language: str) -> c.FormPage:
    w, t = WORDS[language], messages(language)
    return c.FormPage(
        title=t("form.edit", record=COMPANIES[language][0]),
        entity=c.Link(w["customer"], "/crm/customer"),
        action="/crm/customer/1/edit",
        cancel_href="/crm/customer/1",
        key="key",
        version="9",
        sections=(
            c.FormSection(w["basics"], form_fields(language)),
            c.FormSection("", grids=(grid(language),)),
        ),
    )


def form_errors(language: str) -> c.FormPage:
    w, page = WORDS[language], form(language)
    fields = tuple(
        replace(f, value="", error=w["required_error"]) if f.name == "name" else f
        for f in form_fields(language)
    )
    return replace(
        page,
        sections=(c.FormSection(w["basics"], fields), page.sections[1]),
        errors=(
            c.FormError(w["required_error"], "f-name", w["name"]),
            c.FormError(
                w["required_error"], "f-lines.1.product", f"{w['lines']} 2, {w['product']}"
            ),
            c.FormError(w["why"]),
        ),
    )


def form_conflict(language: str) -> c.FormPage:
    w = WORDS[language]
    conflict = c.Conflict(
        w["other"],
        w["ago"],
        (c.ConflictField("value", w["value"], Markup("¥128,300.00"), Markup("¥99.00"), Markup()),),
        (w["phone"],),
    )
    return replace(form(language), conflict=conflict)


def transition(language: str) -> c.TransitionPage:
    w, t = WORDS[language], messages(language)
    return c.TransitionPage(
        title=w["cancel"],
        subject=c.Link(COMPANIES[language][0], "/crm/order/1"),
        entity=c.Link(w["order"], "/crm/order"),
        action="/crm/order/1/cancel",
        cancel_href="/crm/order/1",
        version="9",
        key="key",
        submit=w["cancel"],
        before=c.Badge(w["confirmed"], "green"),
        after=c.Badge(w["lost"], "gray"),
        confirm=t("transition.confirm"),
        danger=True,
        fields=(Field("note", "reason", w["reason"], required=True, span="full"),),
    )


def delete(language: str) -> c.DeletePage:
    w, t = WORDS[language], messages(language)
    return c.DeletePage(
        subject=c.Link(COMPANIES[language][0], "/crm/customer/1"),
        entity=c.Link(w["customer"], "/crm/customer"),
        action="/crm/customer/1/delete",
        cancel_href="/crm/customer/1",
        version="9",
        key="key",
        consequences=(t("delete.lines", n=3),),
    )


def revenue_chart(language: str, kind: chart.Kind = "bar") -> chart.Chart:
    w = WORDS[language]
    show = cells.show("money", language, cells.CellOptions(currency="CNY"))
    values = [Decimal(n) * 10_000 for n in (82, 95, 71, 110, 128, 0, 143, 120, 99, 151, 160, 84)]
    months = [cells.month_text(date(2026, n, 1), language) for n in range(1, 13)]
    hrefs = tuple(f"/crm/order?ordered_on.in={n}" for n in range(12))
    one = chart.Series(w["amount"], tuple(values), hrefs, sum(values, Decimal()))
    two = chart.Series(w["lost"], tuple(v / 3 for v in values), hrefs)
    return chart.Chart(
        kind,
        w["revenue"],
        w["amount"],
        w["month"],
        tuple(months),
        (one, two) if kind == "stacked" else (one,),
        language,
        show,
        over_time=True,
    )


def stage_chart(language: str, kind: chart.Kind = "bar") -> chart.Chart:
    w = WORDS[language]
    labels = (*(choice.label for choice in stage(language).values()), COMPANIES[language][6])
    values = tuple(Decimal(n) for n in (42, 17, 65, 12, 3))
    hrefs = tuple(f"/crm/deal?stage.in={n}" for n in range(5))
    series: tuple[chart.Series, ...] = (
        chart.Series(w["deal"], values, hrefs, sum(values, Decimal())),
    )
    if kind == "stacked":
        series += (chart.Series(w["order"], tuple(v / 2 for v in values), hrefs),)
    return chart.Chart(
        kind,
        w["pipeline"],
        w["deal"],
        w["stage"],
        labels,
        series,
        language,
        cells.show("decimal", language),
    )


def number_chart(language: str) -> chart.Chart:
    w = WORDS[language]
    show = cells.show("money", language, cells.CellOptions(currency="CNY"))
    series = chart.Series(w["amount"], (Decimal("1265793.0395"),), ("/crm/order",))
    return chart.Chart("number", w["amount"], w["amount"], "", ("",), (series,), language, show)


def report_of(draw: Callable[[str], chart.Chart]) -> Callable[[str], c.ReportPage]:
    def page(language: str) -> c.ReportPage:
        w, t = WORDS[language], messages(language)
        return c.ReportPage(
            title=w["revenue"],
            path="/crm/reports/revenue",
            app=w["app"],
            figure=chart.draw(draw(language)),
            chips=(c.Chip(w["owner"], t("filter.op.eq"), t("filter.me"), "?"),),
            filters=(editor(language, "stage", "filter"), editor(language, "last", "filter")),
            rows_href="/crm/order",
            as_of=t("report.as_of", time="2026-11-21 09:30"),
        )

    return page


def report_table(language: str) -> c.ReportPage:
    w = WORDS[language]
    return c.ReportPage(
        w["pipeline"], "/crm/reports/pipeline", w["app"], table=line_table(language)
    )


def report_empty(language: str) -> c.ReportPage:
    w = WORDS[language]
    return c.ReportPage(w["pipeline"], "/crm/reports/pipeline", w["app"], empty=True)


def me(language: str) -> c.MePage:
    w, t = WORDS[language], messages(language)
    themes = tuple(Option(key, t(f"theme.{key}")) for key in ("auto", "light", "dark"))
    tongues = (Option("en", "English"), Option("zh", "中文"))
    return c.MePage(
        "/me",
        "/logout",
        (
            shown(t("me.name"), w["me"]),
            shown(t("me.email"), "lin@example.com"),
            shown(t("me.roles"), w["role"]),
        ),
        (
            Field("choice", "language", t("me.language"), language, options=tongues, required=True),
            Field("choice", "theme", t("me.theme"), "auto", options=themes, required=True),
        ),
    )


def users(language: str) -> c.UsersPage:
    w = WORDS[language]
    return c.UsersPage(
        (
            c.UserRow(w["me"], "lin@example.com", w["east"], (w["role"],), True, "/users/1"),
            c.UserRow(
                w["other"],
                "m@example.com",
                w["east"],
                (),
                True,
                "/users/2",
                True,
                "/users/2/invite",
            ),
            c.UserRow("Ana", "ana@example.com", w["east"], (w["role"],), False, "/users/3"),
        ),
        "/users/new",
        "https://crm.example.com/setup/8f1c2b7d9e",
        w["other"],
    )


def user_form(language: str) -> c.UserFormPage:
    w, t = WORDS[language], messages(language)
    return c.UserFormPage(
        t("users.new"),
        "/users/new",
        "/users",
        "key",
        (
            Field("text", "name", t("users.name"), required=True, autofocus=True),
            Field("email", "email", t("users.email"), required=True),
            Field(
                "choices",
                "roles",
                t("users.roles"),
                options=(Option("a", w["role"], True), Option("b", "Admin")),
            ),
            Field("bool", "active", t("users.active"), "true", help=t("users.active_help")),
        ),
    )


def error(status: int) -> Callable[[str], c.ErrorPage]:
    return lambda language: c.ErrorPage(status, error_id="7f3a" if status == 500 else "")  # type: ignore[arg-type]


OVERLAY = c.DevOverlay(
    (
        c.OverlayFault(
            "CW0402",
            "`Deal` has no field `amout`",
            "apps/crm/deal.case:18:24",
            18,
            "    check amout > 0",
            "          ^^^^^",
            "no such field",
            "the nearest field is `amount`",
            "write `amount`",
            ("check amount > 0",),
        ),
    ),
    more=2,
)

PAGES: dict[str, tuple[str, Callable[[str], c.Page]]] = {
    "sign_in": ("/login", sign_in),
    "sign_in_failed": ("/login", sign_in_failed),
    "bootstrap": ("/setup/abc", bootstrap),
    "home": ("/", home),
    "home_new": ("/", home_new),
    "inbox": ("/inbox", inbox),
    "inbox_empty": ("/inbox", inbox_empty),
    "list": ("/crm/customer", customer_list),
    "list_unused": ("/crm/customer", list_unused),
    "list_no_match": ("/crm/customer", list_no_match),
    "record": ("/crm/customer/1", record),
    "form": ("/crm/customer/1/edit", form),
    "form_errors": ("/crm/customer/1/edit", form_errors),
    "form_conflict": ("/crm/customer/1/edit", form_conflict),
    "transition": ("/crm/order/1/cancel", transition),
    "delete": ("/crm/customer/1/delete", delete),
    "report_columns": ("/crm/reports/revenue", report_of(revenue_chart)),
    "report_line": ("/crm/reports/revenue", report_of(lambda lang: revenue_chart(lang, "line"))),
    "report_stacked": (
        "/crm/reports/revenue",
        report_of(lambda lang: revenue_chart(lang, "stacked")),
    ),
    "report_bars": ("/crm/reports/revenue", report_of(stage_chart)),
    "report_number": ("/crm/reports/revenue", report_of(number_chart)),
    "report_table": ("/crm/reports/pipeline", report_table),
    "report_empty": ("/crm/reports/pipeline", report_empty),
    "me": ("/me", me),
    "users": ("/users", users),
    "user_form": ("/users/new", user_form),
    "error_401": ("/x", error(401)),
    "error_403": ("/x", error(403)),
    "error_404": ("/x", error(404)),
    "error_409": ("/x", error(409)),
    "error_422": ("/x", error(422)),
    "error_500": ("/x", error(500)),
}


def shell_of(name: str, language: str) -> c.Shell:
    """The frame of a sample page: nobody is signed in at the door."""
    full = shell(language, PAGES[name][0])
    if name.startswith(("sign_in", "bootstrap")):
        return replace(full, reader="", navigation=c.NOWHERE, unread=0)
    return full
