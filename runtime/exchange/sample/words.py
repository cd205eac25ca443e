"""Words that made-up companies, people and things are put together from."""

from __future__ import annotations

SURNAMES = tuple("王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹")
GIVEN = (
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "涛", "明", "超",
    "秀英", "晓明", "志强", "建国", "海燕", "雪梅", "子涵", "浩然", "思远", "雨桐", "佳怡", "俊杰",
    "文博", "嘉欣", "一鸣", "若曦",
)  # fmt: skip
FIRST = (
    "Anna", "James", "Maria", "David", "Laura", "Thomas", "Sofia", "Daniel", "Emma", "Lucas",
    "Julia", "Peter", "Nina", "Oliver", "Clara", "Martin", "Alice", "Henry", "Ines", "Paul",
)  # fmt: skip
LAST = (
    "Miller", "Schmidt", "Rossi", "Dubois", "Novak", "Johnson", "Garcia", "Andersson", "Brown",
    "Keller", "Moreau", "Costa", "Walker", "Fischer", "Larsen", "Bianchi", "Clark", "Weber",
)  # fmt: skip

CITIES = (
    ("上海", "Shanghai"), ("北京", "Beijing"), ("深圳", "Shenzhen"), ("广州", "Guangzhou"),
    ("杭州", "Hangzhou"), ("南京", "Nanjing"), ("苏州", "Suzhou"), ("成都", "Chengdu"),
    ("武汉", "Wuhan"), ("西安", "Xi'an"), ("青岛", "Qingdao"), ("厦门", "Xiamen"),
)  # fmt: skip
BRANDS = (
    "华", "天", "远", "瑞", "恒", "启", "新", "盛", "博", "云", "智", "金", "鼎", "创", "联", "海",
)  # fmt: skip
BRAND_ENDS = (
    "泰", "达", "图", "信", "源", "成", "科", "通", "润", "诺", "帆", "辰", "翔", "祥", "拓", "宏",
)  # fmt: skip
TRADES = (
    "软件", "科技", "机械", "电子", "医疗器械", "食品", "物流", "教育", "贸易", "新材料", "网络",
    "环保设备", "纺织", "汽车零部件", "建筑工程", "文化传媒",
)  # fmt: skip
ENGLISH_BRANDS = (
    "Alder", "Brightwater", "Cobalt", "Delta", "Evergreen", "Falcon", "Granite", "Harbor", "Indigo",
    "Juniper", "Keystone", "Lakeside", "Meridian", "Northfield", "Orchard", "Pinnacle", "Quarry",
    "Redwood", "Summit", "Tidewater", "Upland", "Vista", "Westbrook", "Zenith",
)  # fmt: skip
ENGLISH_TRADES = (
    "Software", "Machinery", "Foods", "Logistics", "Medical", "Electronics", "Textiles", "Energy",
    "Education", "Trading", "Materials", "Networks",
)  # fmt: skip
ENGLISH_FORMS = ("Ltd", "GmbH", "Inc", "Co", "BV", "SA")

STREETS = (
    ("中山路", "Zhongshan Road"), ("人民路", "Renmin Road"), ("解放大道", "Jiefang Avenue"),
    ("科技园路", "Tech Park Road"), ("建设路", "Jianshe Road"), ("长江路", "Changjiang Road"),
)  # fmt: skip
COUNTRIES = ("China", "Germany", "France", "Italy", "United Kingdom", "USA", "Japan", "Singapore")
JOBS = (
    ("采购经理", "Purchasing manager"), ("总经理", "Managing director"), ("财务", "Accountant"),
    ("技术总监", "Head of engineering"), ("运营主管", "Operations lead"),
    ("行政助理", "Office assistant"), ("信息中心主任", "Head of IT"),
)  # fmt: skip
THINGS = (
    ("服务器", "Server"), ("交换机", "Switch"), ("扫描枪", "Scanner"), ("打印机", "Printer"),
    ("工作站", "Workstation"), ("传感器", "Sensor"), ("显示屏", "Display"), ("网关", "Gateway"),
    ("授权许可", "Licence"), ("维护服务", "Maintenance"), ("培训", "Training"),
    ("电源", "Power unit"),
)  # fmt: skip
MODELS = ("S", "M", "X", "Pro", "Lite", "Max", "One", "Plus")
SENTENCES = (
    ("客户对方案感兴趣，希望下周安排演示。", "They like the proposal and want a demo next week."),
    ("已发送报价，等待对方内部审批。", "The offer is out; they wait for approval."),
    ("电话沟通，确认了预算和时间。", "Talked about budget and dates on the phone."),
    ("对方关注售后服务和交付周期。", "They ask about service and delivery times."),
    ("需要补充技术参数。", "They need more technical details."),
    ("与竞争对手比较价格，还在考虑。", "They compare prices and still think it over."),
    ("下个季度再联系。", "To be contacted again next quarter."),
)  # fmt: skip
TASKS = (
    ("回访", "Call back"), ("发送资料", "Send documents"), ("准备演示", "Prepare a demo"),
    ("跟进报价", "Follow up the offer"), ("安排拜访", "Arrange a visit"),
    ("催款", "Ask for payment"),
)  # fmt: skip
TAGS = (
    ("重点", "key"), ("老客户", "returning"), ("展会", "fair"), ("急", "urgent"),
    ("样品", "sample"), ("出口", "export"), ("待跟进", "follow-up"), ("推荐", "referral"),
)  # fmt: skip
REASONS = (
    ("预算取消", "Budget was cut"), ("无法联系", "Cannot be reached"), ("重复", "Duplicate"),
    ("暂无需求", "No need at present"), ("到货", "Delivery"), ("盘点", "Stock count"),
)  # fmt: skip
PROJECTS = (
    ("年度采购", "Yearly purchase"), ("系统升级", "System upgrade"), ("新厂房项目", "New plant"),
    ("扩容", "Extension"), ("设备更新", "New equipment"), ("试点", "Pilot"),
)  # fmt: skip
