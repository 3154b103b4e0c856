"""Names and codes that look real and belong to nobody we know of."""

import random
from collections.abc import Iterator

from stdnum.cn import uscc

_FIRST = "海通瑞恒华新盛嘉宏锦东江润泰远航天联金永兴德佳美富星凯腾鸿博中禾铭亿同景安顺百利源"
_SECOND = "润达丰源宇泰昌隆胜和信晟霖邦伦纳威诺科迪尔雅尚琪翔鹏程瀚洋帆舟桥力捷欧亚森岳诚业"
_TRADES = (
    "家用纺织品", "纺织品", "服饰", "针织", "纺织科技", "进出口", "国际贸易", "对外贸易", "机械制造", "机械",
    "精密机械", "船舶配件", "海洋工程装备", "钢丝绳", "电子科技", "电器", "照明科技", "化工", "新材料", "精细化工",
    "体育用品", "医疗用品", "工具", "五金工具", "玩具", "工艺品", "食品", "木业", "橡塑制品", "汽车零部件",
    "环保科技", "光电科技", "包装材料", "日用品", "户外用品",
)  # fmt: skip
_PREFIX = {
    "haian": "海安", "rugao": "如皋", "rudong": "如东", "qidong": "启东", "haimen": "海门",
}  # fmt: skip
_ORG_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def _organisation_code(body: str) -> str:
    """A GB 11714 code: eight characters and their check character (weights 3 7 9 10 5 8 4 2, modulo 11)."""
    value = sum(weight * (int(c) if c.isdigit() else ord(c) - 55) for weight, c in zip(_ORG_WEIGHTS, body, strict=True))
    check = 11 - value % 11
    return body + {10: "X", 11: "0"}.get(check, str(check))


def social_credit_code(serial: int, region: str = "320600") -> str:
    """A valid unified social credit code (GB 32100-2015) made from a serial number; prefix 91, a company."""
    digits, rest = "", serial * 7919 + 12345  # spread, so that neighbours do not look alike
    for _ in range(5):
        rest, index = divmod(rest, len(_ORG_ALPHABET))
        digits = _ORG_ALPHABET[index] + digits
    number = f"91{region}{_organisation_code('MA9' + digits)}"
    return number + uscc.calc_check_digit(number)


def company_names(rng: random.Random) -> Iterator[tuple[str, str]]:
    """Endless distinct pairs of brand and trade, e.g. ("海润", "家用纺织品"); the place and form are added later."""
    seen: set[str] = set()
    while True:
        brand, trade = rng.choice(_FIRST) + rng.choice(_SECOND), rng.choice(_TRADES)
        if brand[0] != brand[1] and brand + trade not in seen:
            seen.add(brand + trade)
            yield brand, trade


def company_name(area: str, brand: str, trade: str) -> str:
    """The full registered name of a firm of an area."""
    return f"{_PREFIX.get(area, '南通')}{brand}{trade}有限公司"
