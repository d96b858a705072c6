"""Whether two names may mean the same customer, however people write them (A21); plain text functions, no database.

A name is taken apart: characters simplified and half-width, legal form, places, remarks, department and branch apart from
the core. Cores are compared, and what is apart must not contradict. Phone, e-mail domain and code count beside the name.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from .matching import half_width
from .places import PROVINCE_OF, PROVINCES
from .simplified import simplified

LONGEST = 200
_HAN = "\u3400-\u9fff"
_FORM = re.compile(
    r"(?:有限责任公司|股份有限公司|有限责任|有限公司|有限合伙|股份公司|股份|公司|责任有限公司|普通合伙|合伙企业|"
    r"\b(?:co\.?|company|corp\.?|corporation|inc\.?|incorporated|ltd\.?|limited|llc|plc|gmbh|ag|kg|s\.?a\.?|srl|b\.?v\.?|"
    r"pte\.?|pty\.?|pvt\.?|oy|ab|k\.?k\.?|株式会社)\b\.?|株式会社|\(株\)|\(有\))[\s.,、]*$"
)
_LEADING_FORM = re.compile(r"^(?:株式会社|\(株\)|有限会社)\s*")
_BRACKETS = re.compile(r"[(\[{【「〔<《]([^()\[\]{}【】「」〔〕<>《》]*)[)\]}】」〕>》]")
_OTHER_NAME = re.compile(r"^(?:原名?|曾用名|前身|现|更名为|即|简称|旧名)[::为是]*(.{2,})$")
_REMARK = re.compile(
    r"^(?:原|曾用名|旧|前身|现|新|即|简称|已|停用|作废|注销|总部|本部|总公司|老客户|新客户|重点|大客户|客户|供应商|代理|经销|"
    r"月结|现结|勿|暂|待|不)|(?:客户|停用|作废|注销|总部|本部|改名|更名)$"
)
_DEPARTMENT = re.compile(
    rf"[\s\-–—_/·|,:]+[{_HAN}]{{0,6}}(?:部|处|科|室|组|办|总部|本部|仓库|先生|女士|小姐|经理|收)$|"
    rf"(?<=公司)[{_HAN}]{{1,4}}(?:部|处|科|室|组)$|(?<=公司)\s+[{_HAN}]{{2,3}}$"
)
_BRANCH = re.compile(
    rf"(?<=公司)([{_HAN}a-z0-9]{{0,12}}?(?:分公司|分行|支行|办事处|分店|分厂|分部|分院|营业部|项目部|门店|店|厂|代表处))$"
)
_BRANCH_KIND = "分公司|分行|支行|办事处|分店|分厂|分部|分院|营业部|代表处"
_TOWNS = "|".join(sorted({*PROVINCES, *PROVINCE_OF}, key=len, reverse=True))
_TAIL_BRANCH = re.compile(
    rf"(?<=.)((?:{_TOWNS})市?[{_HAN}]{{0,2}}(?:{_BRANCH_KIND})|[{_HAN}]{{2}}(?:{_BRANCH_KIND})|"
    r"第?[0-9]+(?:分公司|分店|分厂|厂|店|号店))$"
)
_DIGIT = dict(zip("〇零一二三四五六七八九", "00123456789"))
_NUMERAL = re.compile(
    r"(?<=第)[〇零一二三四五六七八九十]{1,3}|[一二三四五六七八九十]{1,3}(?=分公司|分店|分厂|号|厂|店|期|局|院|中学|小学|建)"
)
# What many names have in common; people leave it out when they write short.
_GENERIC = (
    "新材料 新能源 半导体 国际贸易 电子商务 供应链 信息技术 网络技术 信息科技 科技发展 技术开发 科技 技术 实业 贸易 商贸 电子 电器 电气 信息 网络 软件 "
    "工业 制造 机械 设备 控股 集团 发展 投资 国际 系统 通信 通讯 智能 物流 食品 建材 五金 塑胶 塑料 化工 汽车 医药 医疗 "
    "器械 服饰 服装 纺织 家具 工程 建设 建筑 装饰 材料 能源 仪器 仪表 光电 自动化 精密 模具 包装 印刷 传媒 文化 咨询 服务 "
    "装备 动力 企业 经营部 产业 数码 生物 环保 农业 管理 进出口"
).split()
# A name that is nothing else tells companies apart by their place only.
_COMMON = (
    "银行 航空 大学 学院 医院 钢铁 电力 供电 自来水 水务 燃气 烟草 石化 机场 港务 港口 地铁 公交 铁路 证券 保险 信托 农商 农村 "
    "商业 高速 公路 水泥 化纤 重工 轻工 酒店 百货 超市 药业 啤酒 日报 电视台 广播 人民 中心"
).split()
_PUBLIC_DOMAINS = set(
    "qq.com vip.qq.com foxmail.com 163.com vip.163.com 126.com yeah.net 188.com sina.com sina.cn vip.sina.com sohu.com "
    "139.com 189.cn wo.cn 21cn.com aliyun.com tom.com gmail.com hotmail.com outlook.com live.com yahoo.com yahoo.com.cn "
    "yahoo.cn icloud.com msn.com me.com".split()
)
_PLACE = re.compile(rf"({_TOWNS})(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区|自治州|地区|新区|区|县)?")
_DISTRICT = re.compile(rf"^([{_HAN}]{{1,3}}?)(?:新区|开发区|高新区|区|县|市|镇)(?=[{_HAN}]{{2}})")
# Where the syllables begin among the characters of GB 2312 that are in the order of their sounds.
_SYLLABLES = [
    int.from_bytes(char.encode("gb2312"), "big")
    for char in (
        "啊埃鞍肮凹芭白斑邦苞杯奔崩逼鞭标鳖彬兵玻哺擦猜餐苍操厕层插拆搀昌超车郴撑吃充抽初揣川疮吹春戳疵聪凑粗"
        "蹿摧村磋搭呆耽当刀德蹬堤颠碉跌丁丢东兜都端堆墩掇蛾恩而发藩坊菲芬丰佛否夫噶该干冈篙哥给根耕工钩辜刮乖"
        "棺光瑰辊锅哈骸酣夯壕呵嘿痕哼轰喉呼花槐欢荒灰荤豁击嘉歼僵蕉揭巾荆炯揪鞠捐撅均喀开刊康考坷肯坑空抠枯夸"
        "块宽匡亏坤括垃莱蓝琅捞勒雷棱厘俩联粮撩列琳玲溜龙楼芦驴峦掠抡萝妈埋瞒芒猫么玫门萌眯棉苗蔑民明谬摸谋拇"
        "拿氖南囊挠呢馁嫩能妮蔫娘鸟捏您柠牛脓奴女暖虐挪哦欧啪拍攀乓抛呸喷砰坯篇飘撇拼乒坡扑期掐牵枪橇切钦青琼"
        "秋趋圈缺裙然瓤饶惹壬扔日戎揉茹软蕊闰若撒腮三桑搔瑟森僧莎筛珊墒梢奢砷声师收蔬刷摔栓霜谁吮说斯松搜嗽酸"
        "虽孙蓑塌胎坍汤掏特藤梯天挑贴厅通偷凸湍推吞拖挖歪豌汪威瘟嗡挝巫昔瞎掀相萧楔薪星兄休墟轩靴勋压焉殃邀椰"
        "一茵英哟拥幽淤鸳曰耘匝栽咱赃遭责贼怎增扎摘瞻樟招遮珍蒸芝中舟珠抓拽专桩椎谆捉兹鬃邹租钻嘴尊昨"
    )
]


def sound(char):
    """Return which syllable a simplified character is read as, as a number; None for rare characters."""
    try:
        code = int.from_bytes(char.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return None
    return bisect_right(_SYLLABLES, code) if _SYLLABLES[0] <= code < 0xD7FA else None


@dataclass(frozen=True, slots=True)
class Profile:
    """A name taken apart.

    :param core: what is left of the name, without blanks
    :param brand: the core without words that many names have in common, if that leaves something
    :param places: short names of provinces and cities
    :param branch: which part of a company it is: a branch, a shop
    :param is_formal: whether a legal form is written
    :param others: other names that are said with it, such as former ones
    """

    core: str
    brand: str
    places: frozenset
    branch: str
    is_formal: bool
    others: tuple = ()

    @property
    def han(self):
        return re.sub(f"[^{_HAN}]", "", self.core)

    @property
    def latin(self):
        return re.sub(f"[{_HAN}]", "", self.core)

    @property
    def digits(self):
        return re.findall(r"\d+", self.core + self.branch)


@lru_cache(maxsize=20000)
def profile(name):
    """Take a name apart."""
    text = simplified(half_width(name).casefold())[:LONGEST]
    text = re.sub(r"[“”\"'‘’`]", "", text)
    places, others = set(), []

    text = _BRACKETS.sub(lambda match: _read_bracket(match, text, places, others), text)
    text = re.sub(r"[()]+$", "", text).strip(" .,、;:")
    text = _DEPARTMENT.sub("", text)
    text = _NUMERAL.sub(lambda match: _arabic(match[0]), text)
    branch = ""
    if match := _BRANCH.search(text) or _TAIL_BRANCH.search(text):
        branch, text = match[1], text[: match.start(1)]
        branch = _PLACE.sub(r"\1", branch)
    text, is_formal = _strip_forms(text)
    while match := _PLACE.match(text) or (places and _DISTRICT.match(text)):
        if len(text) - match.end() < 2:
            break
        places.add(match[1])
        text = text[match.end() :].lstrip(" -·")
    if text.startswith("中国") and len(text) > 4:
        places.add("中国")
        text = text[2:]
    if text.endswith("中国") and len(text) > 3:
        places.add("中国")
        text = text[:-2]
    core = _squeeze(text)
    brand = _without_tail(core, _GENERIC) if len(core) > 2 else core
    return Profile(
        core, brand if len(brand) >= 2 else core, frozenset(places), _squeeze(branch), is_formal, tuple(others)
    )


def _read_bracket(match, text, places, others):
    """Return what of a name stays where a bracket was; note the place, or the other name, in it."""
    inside = match[1].strip()
    if inside in ("株", "有"):
        return match[0]
    if other := _OTHER_NAME.match(inside):
        others.append(profile(other[1]))
    if not inside or _REMARK.search(inside):
        return ""
    if (place := _PLACE.fullmatch(inside)) or inside in ("中国", "中华"):
        places.add(place[1] if place else "中国")
        return ""
    if re.fullmatch(r"有限合伙|普通合伙|特殊普通合伙|集团|个体户?|个人|个体工商户", inside):
        return inside if inside == "集团" else ""
    before = text[: match.start()]
    if re.fullmatch(rf"[{_HAN}]{{0,6}}(?:部|处|科|室|组|先生|女士|经理)", inside) or (
        match.end() == len(text) and _FORM.search(before) and not re.search(rf"{_BRANCH_KIND}|厂|店|[0-9]", inside)
    ):
        return ""
    return inside


def _arabic(text):
    if "十" in text:
        tens, _ten, ones = text.partition("十")
        return _DIGIT.get(tens, "1") + _DIGIT.get(ones, "0")
    return "".join(_DIGIT[char] for char in text)


def _strip_forms(text):
    is_formal = False
    text = _LEADING_FORM.sub("", text)
    while match := _FORM.search(text):
        if not text[: match.start()].strip(" .,、"):
            break
        text, is_formal = text[: match.start()].rstrip(" .,、&"), True
    return text, is_formal


def _squeeze(text):
    """Leave blanks and marks out, except those that tell names apart: C++, A-1."""
    text = re.sub(r"(?<=[a-z0-9])-(?=\d)", "\u2011", text)
    text = text.replace("&", "and") if re.search("[a-z]", text) else text
    return "".join(char for char in text if char.isalnum() or char in "+#\u2011")


def domain_of(email):
    """Return the domain of an e-mail address that belongs to one company; nothing for public mail services."""
    domain = half_width(email).casefold().rpartition("@")[2]
    return "" if "." not in domain or domain in _PUBLIC_DOMAINS else domain


def is_like(one, other, is_reached_alike=False):
    """Tell whether two names may mean the same customer.

    :param one, other: :class:`Profile`
    :param is_reached_alike: whether phone or e-mail domain are the same
    """
    return any(
        _is_like(mine, theirs, is_reached_alike) for mine in (one, *one.others) for theirs in (other, *other.others)
    )


def _is_like(one, other, is_reached_alike):
    if not one.core or not other.core or one.digits != other.digits or one.branch != other.branch:
        return False
    if _contradict(one.places, other.places):
        return False
    if one.core == other.core:
        return one.places - {"中国"} == other.places - {"中国"} or not _is_common(one.core)
    if _is_short_for(one, other) or _is_short_for(other, one):
        return True
    if one.han and other.han and bool(one.latin) != bool(other.latin):
        # The same name with and without its foreign one.
        if one.han == other.han and len(one.han) > 1 and len(one.latin + other.latin) > 2 and not _is_generic(one.han):
            return True
    if _is_mistyped(one, other):
        return True
    if is_reached_alike:
        return (
            one.brand == other.brand or (one.core[:2] == other.core[:2] and bool(one.han)) or _differ_by_one(one, other)
        )
    return False


def _differ_by_one(one, other):
    return len(one.core) == len(other.core) > 3 and sum(a != b for a, b in zip(one.core, other.core)) == 1


def _contradict(places, others):
    """Whether two names say different places; a city and its province, or a place and none, do not."""
    abroad = {"香港", "澳门", "台湾"}
    if ("中国" in places and abroad & others) or ("中国" in others and abroad & places):
        return True
    provinces, others_provinces = (
        {
            place if place in PROVINCES else PROVINCE_OF[place]
            for place in names
            if place in PROVINCES or place in PROVINCE_OF
        }
        for names in (places, others)
    )
    if provinces and others_provinces and provinces.isdisjoint(others_provinces):
        return True
    towns, others_towns = (names - PROVINCES - {"中国"} for names in (places, others))
    return bool(towns - others_towns) and bool(others_towns - towns)


def _is_generic(text):
    return bool(text) and not _without_tail(text, _GENERIC)


def _is_common(text):
    return not _without_tail(re.sub("第?[0-9]+", "", text), [*_GENERIC, *_COMMON])


def _without_tail(text, words):
    """Return ``text`` without the ``words`` at its end; no regular expression, which could take years."""
    while ending := max((word for word in words if text.endswith(word)), key=len, default=""):
        text = text.removesuffix(ending)
    return text


def _is_short_for(short, full):
    """Return whether a name is a short form: no legal form, and only words left out that many names have."""
    return (
        not short.is_formal
        and len(short.core) >= 2
        and bool(short.han)
        and len(short.core) < len(full.core)
        and full.core.startswith(short.core)
        and len(full.brand) <= len(short.core) + 2
        and full.brand != full.core
        and not _is_common(short.core)
    )


def _is_mistyped(one, other):
    """Whether two names differ by one slip: letters exchanged or left out, a character that sounds alike, or a wrong
    one in a word that many names have.
    """
    brands = one.brand, other.brand
    one, other = one.core, other.core
    is_latin = one.isascii() and other.isascii()
    if min(len(one), len(other)) < (6 if is_latin else 4):
        return False
    if len(one) == len(other):
        differing = [index for index, (a, b) in enumerate(zip(one, other)) if a != b]
        if len(differing) == 2 and differing[1] == differing[0] + 1:
            first, second = differing
            return one[first] == other[second] and one[second] == other[first]
        if len(differing) == 1:
            a, b = one[differing[0]], other[differing[0]]
            if is_latin:
                return len(one) >= 8 and a.isalpha() and b.isalpha()
            # A brand of two characters is easily another brand.
            is_outside = differing[0] >= min(map(len, brands)) > 1
            if is_outside and sum(brand in (one, other) for brand in brands) == 1:
                return True
            return sound(a) is not None and sound(a) == sound(b) and (is_outside or min(map(len, brands)) > 2)
        return False
    if abs(len(one) - len(other)) == 1 and max(len(one), len(other)) >= (7 if is_latin else 6):
        short, long = sorted((one, other), key=len)
        index = next((index for index, (a, b) in enumerate(zip(short, long)) if a != b), len(short))
        return short[index:] == long[index + 1 :] and (is_latin or index >= 2) and long[index].isalpha()
    return False


def blocks(one):
    """Return the keys under which names that may mean the same meet, so that not all are compared with all.

    :param one: :class:`Profile`
    """
    core = one.core
    keys = {core, one.brand, one.han or core, one.core[:2]}.union(*map(blocks, one.others))
    if len(core) >= 4:
        keys.update(f"~{core[:index]}{core[index + 1 :]}" for index in range(len(core)))
        keys.add(f"~{core}")
    return {key for key in keys if len(key) > 1}
