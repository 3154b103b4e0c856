"""Countries by everything that customs lists and people write, and the markets that editions make of them."""

import re
from collections import defaultdict

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongbao.refusal import Refusal
from tongbao.registry import rules
from tongbao.registry.rules import countries

# The codes and names as they stood on declarations until 2018-07; names as customs shorten them.
LEGACY = """
101 阿富汗 102 巴林 103 孟加拉国 104 不丹 105 文莱 106 缅甸 107 柬埔寨 108 塞浦路斯 109 朝鲜 110 中国香港 111 印度
112 印度尼西亚 113 伊朗 114 伊拉克 115 以色列 116 日本 117 约旦 118 科威特 119 老挝 120 黎巴嫩 121 中国澳门
122 马来西亚 123 马尔代夫 124 蒙古 125 尼泊尔 126 阿曼 127 巴基斯坦 128 巴勒斯坦 129 菲律宾 130 卡塔尔
131 沙特阿拉伯 132 新加坡 133 韩国 134 斯里兰卡 135 叙利亚 136 泰国 137 土耳其 138 阿联酋 139 也门共和国 141 越南
142 中国 143 台澎金马关税区 144 东帝汶 145 哈萨克斯坦 146 吉尔吉斯斯坦 147 塔吉克斯坦 148 土库曼斯坦
149 乌兹别克斯坦 199 亚洲其他国家(地区)
201 阿尔及利亚 202 安哥拉 203 贝宁 204 博茨瓦那 205 布隆迪 206 喀麦隆 207 加那利群岛 208 佛得角 209 中非共和国
210 塞卜泰(休达) 211 乍得 212 科摩罗 213 刚果 214 吉布提 215 埃及 216 赤道几内亚 217 埃塞俄比亚 218 加蓬 219 冈比亚
220 加纳 221 几内亚 222 几内亚(比绍) 223 科特迪瓦 224 肯尼亚 225 利比里亚 226 利比亚 227 马达加斯加 228 马拉维
229 马里 230 毛里塔尼亚 231 毛里求斯 232 摩洛哥 233 莫桑比克 234 纳米比亚 235 尼日尔 236 尼日利亚 237 留尼汪
238 卢旺达 239 圣多美和普林西比 240 塞内加尔 241 塞舌尔 242 塞拉利昂 243 索马里 244 南非 245 西撒哈拉 246 苏丹
247 坦桑尼亚 248 多哥 249 突尼斯 250 乌干达 251 布基纳法索 252 民主刚果 253 赞比亚 254 津巴布韦 255 莱索托
256 梅利利亚 257 斯威士兰 258 厄立特里亚 259 马约特岛 260 南苏丹 299 非洲其他国家(地区)
301 比利时 302 丹麦 303 英国 304 德国 305 法国 306 爱尔兰 307 意大利 308 卢森堡 309 荷兰 310 希腊 311 葡萄牙
312 西班牙 313 阿尔巴尼亚 314 安道尔 315 奥地利 316 保加利亚 318 芬兰 320 直布罗陀 321 匈牙利 322 冰岛
323 列支敦士登 324 马耳他 325 摩纳哥 326 挪威 327 波兰 328 罗马尼亚 329 圣马力诺 330 瑞典 331 瑞士 334 爱沙尼亚
335 拉脱维亚 336 立陶宛 337 格鲁吉亚 338 亚美尼亚 339 阿塞拜疆 340 白俄罗斯 341 哈萨克斯坦 342 吉尔吉斯斯坦
343 摩尔多瓦 344 俄罗斯联邦 345 塔吉克斯坦 346 土库曼斯坦 347 乌克兰 348 乌兹别克斯坦 350 斯洛文尼亚共和国
351 克罗地亚共和国 352 捷克共和国 353 斯洛伐克共和国 354 马其顿共和国 355 波斯尼亚-黑塞哥维那共和 356 梵蒂冈城国
357 法罗群岛 358 塞尔维亚 359 黑山 399 欧洲其他国家(地区)
401 安提瓜和巴布达 402 阿根廷 403 阿鲁巴岛 404 巴哈马 405 巴巴多斯 406 伯利兹 408 多民族玻利维亚国 409 博内尔
410 巴西 411 开曼群岛 412 智利 413 哥伦比亚 414 多米尼克 415 哥斯达黎加 416 古巴 417 库腊索岛 418 多米尼加共和国
419 厄瓜多尔 420 法属圭亚那 421 格林纳达 422 瓜德罗普 423 危地马拉 424 圭亚那 425 海地 426 洪都拉斯 427 牙买加
428 马提尼克 429 墨西哥 430 蒙特塞拉特 431 尼加拉瓜 432 巴拿马 433 巴拉圭 434 秘鲁 435 波多黎各 436 萨巴
437 圣卢西亚 438 圣马丁岛 439 圣文森特和格林纳丁斯 440 萨尔瓦多 441 苏里南 442 特立尼达和多巴哥
443 特克斯和凯科斯群岛 444 乌拉圭 445 委内瑞拉 446 英属维尔京群岛 447 圣其茨-尼维斯 448 圣皮埃尔和密克隆
499 拉丁美洲其他国家(地区)
501 加拿大 502 美国 503 格陵兰 504 百慕大 599 北美洲其他国家(地区)
601 澳大利亚 602 库克群岛 603 斐济 604 盖比群岛 605 马克萨斯群岛 606 瑙鲁 607 新喀里多尼亚 608 瓦努阿图 609 新西兰
610 诺福克岛 611 巴布亚新几内亚 612 社会群岛 613 所罗门群岛 614 汤加 615 土阿莫土群岛 616 土布艾群岛 617 萨摩亚
618 基里巴斯 619 图瓦卢 620 密克罗尼西亚联邦 621 马绍尔群岛 622 帕劳共和国 623 法属波利尼西亚 624 新喀里多尼亚
625 瓦利斯和浮图纳 699 大洋洲其他国家(地区)
701 国(地)别不详的 702 联合国及机构和国际组织
"""
PAIRS = re.findall(r"(\d{3}) (\S+)", LEGACY)
CONTINENTS = {"100", "200", "300", "400", "500", "600"}


def wrong(cell) -> str:
    with pytest.raises(rules.Wrong) as no:
        rules.read_country(cell)
    return str(no.value)


# ── codes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_way_of_writing_means_two_countries():
    meant = defaultdict(set)
    for text, code in countries._ways():
        meant[countries._plain(text)].add(code)
    assert {way: codes for way, codes in meant.items() if len(codes) > 1} == {}


def test_every_iso_country_is_read_by_its_codes_and_its_english_names():
    found = {
        one.alpha_2: {
            rules.country(text)
            for name in ("alpha_2", "alpha_3", "name", "common_name", "official_name")
            if (text := getattr(one, name, None))
        }
        for one in pycountry.countries
    }
    assert len(found) == 249
    assert found == {code: {code} for code in found}


def test_every_iso_country_has_a_chinese_name_that_reads_back():
    names = rules.country_names()
    assert set(names) == {one.alpha_2 for one in pycountry.countries} | {rules.UNKNOWN}
    assert {code: rules.country(name) for code, name in names.items()} == {code: code for code in names}


def test_every_legacy_customs_code_means_what_customs_call_it():
    assert len(dict(PAIRS)) == 246
    read = {pair: (rules.country(pair[0]), rules.country(pair[1])) for pair in PAIRS}
    assert {pair: both for pair, both in read.items() if both[0] != both[1] or both[0] is None} == {}


def test_no_other_number_is_a_country():
    understood = {f"{number:03d}" for number in range(1000) if rules.country(f"{number:03d}")}
    assert understood == set(dict(PAIRS))
    assert {number for number in range(1000) if rules.country(str(number))} == {int(code) for code, _ in PAIRS}


def test_iso_numeric_codes_are_never_understood_as_such():
    """Those that look like a customs code mean what customs mean; the others mean nothing."""
    customs = dict(PAIRS)
    for one in pycountry.countries:
        assert rules.country(one.numeric) == (rules.country(customs[one.numeric]) if one.numeric in customs else None)
    same = [one.alpha_2 for one in pycountry.countries if rules.country(one.numeric) == one.alpha_2]
    assert same == []


@pytest.mark.parametrize(("text", "code"), PAIRS[::20])
def test_a_code_beside_its_name_is_understood_when_both_agree(text: str, code: str):
    meant = rules.country(text)
    assert {rules.country(f"{text}{code}"), rules.country(f"{code} {text}"), rules.country(f"（{text}）{code}")} == {
        meant
    }
    assert rules.country(f"{text}火星") is None


# ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("US", "US usa 美国 美利坚合众国 USA. 美国(USA) 502-美国 United_States"),
        ("KR", "KR KOR 韩国 大韩民国 南韩 SouthKorea Korea,Republicof"),
        ("KP", "朝鲜 朝鲜民主主义人民共和国 北朝鲜 NorthKorea"),
        ("HK", "HKG 香港 中国香港 香港特别行政区 中国·香港 HongKong"),
        ("MO", "澳门 中国澳门 中国澳门特别行政区 Macao Macau"),
        ("TW", "台湾 中国台湾 台湾省 台澎金马关税区 中国台北 臺灣"),
        ("AE", "阿联酋 阿拉伯联合酋长国 UAE"),
        ("VN", "越南 越南社会主义共和国 Vietnam VietNam"),
        ("CD", "刚果（金） 刚果(金) 刚果民主共和国 民主刚果"),
        ("CG", "刚果（布） 刚果 刚果共和国"),
        ("DO", "多米尼加 多米尼加共和国"),
        ("DM", "多米尼克 多米尼克国 多米尼加联邦"),
        ("EG", "埃及 阿拉伯埃及共和国"),
        ("CZ", "捷克 捷克共和国 CzechRepublic"),
        ("CI", "科特迪瓦 Côted'Ivoire CotedIvoire IvoryCoast"),
        ("GW", "几内亚比绍 几内亚-比绍 几内亚（比绍） 几内亚比绍共和国"),
        ("OM", "阿曼 阿曼苏丹国"),
        ("TZ", "坦桑尼亚 坦桑尼亚联合共和国"),
        ("LU", "卢森堡 卢森堡大公国"),
        ("ZZ", "不详 国别不详 国(地)别不详 国（地）别不详的 未知 联合国及其机构和国际组织"),
    ],
)
def test_countries_by_their_many_names(code: str, names: str):
    assert {name: rules.country(name) for name in names.split()} == dict.fromkeys(names.split(), code)


@pytest.mark.parametrize(
    "text",
    ["亚特兰蒂斯", "美国、日本", "韩国(朝鲜)", "N/A", "-502", "50.2", "1,502", "5 02", "0502", "999", "其他", "", "国"],
)
def test_what_is_not_understood(text: str):
    assert rules.country(text) is None


@pytest.mark.parametrize("cell", [502, 502.0, "502", " 502 ", "５０２", "502.0", "\u3000502\u00a0"])
def test_codes_typed_as_numbers(cell):
    assert rules.read_country(cell) == "US"


@given(st.text(max_size=12))
def test_any_text_is_a_stored_code_or_nothing(text: str):
    assert rules.country(text) in {None, *rules.country_names()}
    assert rules.country(text) is None or rules.not_a_country(text) is None


# ── totals and groups ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["合计", "总计", "小计", "出口合计", "美国合计", "合 计", "总值", "Total", "全部"])
def test_totals_are_not_countries(text: str):
    assert rules.country(text) is None
    assert rules.not_a_country(text) == f"“{text}”是合计数，不是国家（地区）：请删去这一行，以免重复计算"


@pytest.mark.parametrize(
    "text",
    ["亚洲", "拉丁美洲", "欧盟(28国)", "欧盟27国", "欧盟", "EU 28", "东盟", "东盟10国", "东盟国家", "中东", "金砖国家",
     "一带一路沿线国家", "发展中国家", "独联体", "全球", *sorted(CONTINENTS)],
)  # fmt: skip
def test_groups_are_not_countries(text: str):
    assert rules.country(text) is None
    assert rules.not_a_country(text) == (
        f"“{text}”是一组国家（地区），不是一个：请改填具体的国家（地区），各国已另有行的请删去这一行"
    )


@pytest.mark.parametrize("text", ["美国", "502", "火星", "840", "中非", "泰国", "南非", "国(地)别不详", ""])
def test_countries_and_slips_are_no_groups(text: str):
    assert rules.not_a_country(text) is None


def test_what_the_reader_says():
    assert wrong("合计") == rules.not_a_country("合计")
    assert wrong(100) == rules.not_a_country("100")
    assert wrong("火星") == "不认识国别“火星”，请填写中文名称或 ISO 代码，例如 美国、US"
    assert wrong(840) == "“840”不是海关国别代码（ISO 的数字代码与它不同），请填写中文名称或字母代码，例如 美国、US"
    assert wrong(None) == "请填写国别；确实不详的填“不详”"


# ── emerging markets of an edition ──────────────────────────────────────────────────────────────────────────────────

SIX = tuple(sorted(rules.region_names()))


def refused(*lists: tuple[str, ...]) -> str:
    with pytest.raises(Refusal) as no:
        rules.emerging_of(*lists)
    assert (no.value.code, no.value.sentence) == ("emerging.unknown", rules.market_fault(*lists))
    return no.value.sentence


def test_an_edition_s_markets_are_its_regions_and_more_and_less():
    everything = rules.emerging()
    assert rules.emerging_of(()) == rules.emerging_of(SIX) == everything
    assert rules.emerging_of(SIX, ("GE", "AM", "VN")) - everything == {"GE", "AM"}
    assert everything - rules.emerging_of(SIX, (), ("RU", "DE")) == {"RU"}
    assert rules.emerging_of(("central_asia",), ("CY",), ("KZ",)) == {"KG", "TJ", "TM", "UZ", "CY"}


@pytest.mark.parametrize("code", ["AM", "AZ", "CY", "GE"])
def test_the_four_at_the_edge_can_be_switched_on(code: str):
    assert rules.emerging_of(SIX, (code,)) == rules.emerging() | {code}


def test_what_is_unknown_or_contradictory_is_never_passed_over():
    assert refused(("atlantis", "africa")) == (
        "方案里的新兴市场区域“atlantis”登记环节不认识，可用的有：africa、central_asia、eastern_europe、latin_america、"
        "middle_east、southeast_asia。"
    )
    assert refused(SIX, ("XX",)) == "方案里的“XX”不是国家（地区）的两位代码，请改正方案后重新载入。"
    assert refused(SIX, (), ("ZZ",)) == "方案里的“ZZ”不是国家（地区）的两位代码，请改正方案后重新载入。"
    assert refused(SIX, ("US",)) == "美国的出口额单独统计，不能另计入新兴市场，请从方案中去掉 US。"
    assert refused(SIX, ("GE",), ("GE",)) == "方案里的“GE”既另计入新兴市场又从中除去，请只写一处。"
    assert rules.market_fault(SIX, ("GE",), ("RU",)) is None
