"""Made-up texts: what a field's name and its entity's suggest."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from compiler.model.entity import Entity, Field
from runtime.exchange.sample import words

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes texts of one record, in Chinese or English."""

    random: Random
    chinese: bool

    def one_of(self, pairs: tuple[Pair, ...]) -> str:
        return self.random.choice(pairs)[0 if self.chinese else 1]

    def person(self) -> str:
        pick = self.random.choice
        if self.chinese:
            return pick(words.SURNAMES) + pick(words.GIVEN)
        return f"{pick(words.FIRST)} {pick(words.LAST)}"

    def first_name(self) -> str:
        return self.random.choice(words.GIVEN if self.chinese else words.FIRST)

    def last_name(self) -> str:
        return self.random.choice(words.SURNAMES if self.chinese else words.LAST)

    def company(self) -> str:
        pick = self.random.choice
        if self.chinese:
            brand = pick(words.BRANDS) + pick(words.BRAND_ENDS)
            return f"{pick(words.CITIES)[0]}{brand}{pick(words.TRADES)}有限公司"
        return (
            f"{pick(words.ENGLISH_BRANDS)} {pick(words.ENGLISH_TRADES)} {pick(words.ENGLISH_FORMS)}"
        )

    def thing(self) -> str:
        model = f"{self.random.choice(words.MODELS)}{self.random.randrange(1, 100) * 10}"
        return f"{self.one_of(words.THINGS)} {model}"

    def address(self) -> str:
        number = self.random.randrange(1, 999)
        street, city = self.one_of(words.STREETS), self.one_of(words.CITIES)
        return f"{city}市{street}{number}号" if self.chinese else f"{number} {street}, {city}"

    def phone(self) -> str:
        digits = "".join(str(self.random.randrange(10)) for _ in range(8))
        return f"1{self.random.choice('3578')}{self.random.randrange(10)}{digits}"

    def email(self) -> str:
        name = f"{self.random.choice(words.FIRST)}.{self.random.choice(words.LAST)}".lower()
        return f"{name}{self.random.randrange(1, 10_000)}@{self.domain()}"

    def domain(self) -> str:
        pick = self.random.choice
        return f"{pick(words.ENGLISH_BRANDS)}-{pick(words.ENGLISH_TRADES)}.example".lower()

    def handle(self) -> str:
        return f"wx_{self.random.choice(words.LAST).lower()}{self.random.randrange(10, 9_999)}"

    def code(self) -> str:
        letters = "".join(self.random.choice("ABCDEFGHKLMNPRSTUVWXYZ") for _ in range(2))
        return f"{letters}-{self.random.randrange(1_000, 100_000)}"

    def postal_code(self) -> str:
        return str(self.random.randrange(100_000, 999_999))

    def sentence(self) -> str:
        return self.one_of(words.SENTENCES)


Maker = Callable[[Writer], str]

BY_TYPE: dict[str, Maker] = {
    "email": Writer.email,
    "phone": Writer.phone,
    "url": lambda writer: f"https://www.{writer.domain()}",
}
BY_NAME: tuple[tuple[str, Maker], ...] = (
    (r"first.?name|名$", Writer.first_name),
    (r"last.?name|surname|姓$", Writer.last_name),
    (r"company|organi[sz]ation|公司|企业|单位", Writer.company),
    (r"job|position|职位|职务|^contact.?title", lambda writer: writer.one_of(words.JOBS)),
    (r"contact|person|recipient|联系人|收件人", Writer.person),
    (r"address|street|地址", Writer.address),
    (r"city|town|城市", lambda writer: writer.one_of(words.CITIES)),
    (r"country|国家", lambda writer: writer.random.choice(words.COUNTRIES)),
    (r"post(al)?.?code|zip|邮编", Writer.postal_code),
    (r"phone|mobile|fax|tel|电话|手机", Writer.phone),
    (r"wechat|微信", Writer.handle),
    (r"e.?mail|邮箱", Writer.email),
    (r"code|sku|article|编号|编码|货号", Writer.code),
    (r"reason|cause|原因", lambda writer: writer.one_of(words.REASONS)),
    (r"remark|note|summary|description|message|comment|备注|说明|摘要|内容", Writer.sentence),
)
BY_ENTITY: tuple[tuple[str, Maker], ...] = (
    (r"customer|supplier|vendor|account|compan|client|shipper|客户|供应商|公司", Writer.company),
    (r"contact|person|employee|lead|candidate|staff|联系人|员工|线索", Writer.person),
    (r"product|item|material|asset|device|产品|商品|物料|设备", Writer.thing),
    (r"task|todo|ticket|任务|待办|工单", lambda writer: writer.one_of(words.TASKS)),
    (
        r"deal|opportunit|project|contract|商机|项目|合同",
        lambda writer: writer.one_of(words.PROJECTS),
    ),
)
NAMES = re.compile(r"^(name|title|subject)$|名称|标题|姓名")
JOB_TITLE = re.compile(r"job|职")


def maker(entity: Entity, field: Field) -> Maker:
    """What writes texts for a field: by its type, its name or label, then by its entity."""
    by_type = BY_TYPE.get(field.field_type)
    if by_type is not None:
        return by_type
    label = field.label.get("en", "")
    if JOB_TITLE.search(label.lower()):
        return BY_NAME[3][1]
    if not NAMES.search(field.name) or label.lower() == "company":
        for pattern, make in BY_NAME:
            if re.search(pattern, f"{field.name} {label}".lower()):
                return make
    if field.field_type == "note":
        return Writer.sentence
    for pattern, make in BY_ENTITY:
        if re.search(pattern, f"{entity.name} {entity.label.get('en', '')}".lower()):
            return make
    title = entity.label.get("en") or entity.name
    return lambda writer: f"{title} {writer.random.randrange(1, 100_000)}"
