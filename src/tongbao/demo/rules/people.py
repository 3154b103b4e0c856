"""The bodies and people of the synthetic city."""

from dataclasses import dataclass

from tongbao.accounts.rules import ROLE_OF_KIND, OrganisationKind, Role


@dataclass(frozen=True)
class Body:
    """A body and its people as (sign-in name, name)."""

    kind: OrganisationKind
    code: str
    name: str
    areas: tuple[str, ...]
    people: tuple[tuple[str, str], ...]

    @property
    def role(self) -> Role:
        """The role of everyone in it."""
        return ROLE_OF_KIND[self.kind]


# Internal code, name, national code, valid from, valid to (last day), merged into.
# 港闸 became part of 崇川 by the province's notice 苏政发〔2020〕60号 of 2020-07-03, so the day before is its last; the
# new 崇川 has the national code 320613. The same notice made 海门市 a district, 海门区 (320614): it keeps its code here
# and never joins the six of the scheme. 320671 is a statistical code; 苏通 and 通州湾 have none of their own.
AREAS: tuple[tuple[str, str, str, str | None, str | None, str | None], ...] = (
    ("chongchuan", "崇川区", "320602", None, None, None),
    ("tongzhou", "通州区", "320612", None, None, None),
    ("gangzha", "港闸区", "320611", None, "2020-07-02", "chongchuan"),
    ("etdz", "经济技术开发区", "320671", None, None, None),
    ("sutong", "苏通科技产业园区", "", None, None, None),
    ("tzw", "通州湾示范区", "", None, None, None),
    ("haian", "海安市", "320685", None, None, None),
    ("rugao", "如皋市", "320682", None, None, None),
    ("rudong", "如东县", "320623", None, None, None),
    ("qidong", "启东市", "320681", None, None, None),
    ("haimen", "海门市", "320684", None, None, None),
)

_K = OrganisationKind
BODIES = (
    Body(_K.CITY, "nt-commerce", "南通市商务局", (), (("shangwu-1", "周敏"), ("shangwu-2", "陈立"))),
    Body(_K.DISTRICT, "cc-commerce", "崇川区商务局", ("chongchuan",), (("chongchuan-1", "沈洁"),)),
    Body(_K.DISTRICT, "tz-commerce", "通州区商务局", ("tongzhou",), (("tongzhou-1", "顾伟"),)),
    Body(_K.DISTRICT, "gz-commerce", "港闸区商务局", ("gangzha",), (("gangzha-1", "施丽"),)),
    Body(_K.DISTRICT, "kfq-commerce", "开发区商务局", ("etdz",), (("kaifaqu-1", "朱海"),)),
    Body(_K.DISTRICT, "st-commerce", "苏通园区经济发展局", ("sutong",), (("sutong-1", "张倩"),)),
    Body(_K.DISTRICT, "tzw-commerce", "通州湾示范区经济发展局", ("tzw",), (("tongzhouwan-1", "徐斌"),)),
    Body(_K.INSURER, "sinosure", "中国出口信用保险公司", (), (("xinbao-1", "陆颖"), ("xinbao-2", "黄鑫"))),
    Body(_K.INSURER, "picc", "中国人民财产保险股份有限公司", (), (("renbao-1", "吴凡"), ("renbao-2", "曹军"))),
    Body(_K.FINANCE, "nt-finance", "南通市财政局", (), (("caizheng-1", "姜玲"), ("caizheng-2", "袁强"))),
    Body(_K.AUDIT, "nt-audit", "南通市审计局", (), (("shenji-1", "季平"),)),
    Body(_K.OPERATOR, "operator", "平台运维中心", (), (("guanli-1", "丁宁"),)),
)
