"""The register's vocabulary."""

from tongbao.labels import Labelled


class DesignationKind(Labelled):
    """Dated lists that give a firm priority (clause 二(一), 二(二)3-6)."""

    POLICY_DIRECTION = "policy_direction", "符合国家及省市政策导向"
    BASE_KEY_FIRM = "base_key_firm", "出口基地、转型升级示范区内骨干企业"
    FAMOUS_BRAND = "famous_brand", "2017-2019年度江苏省重点培育和发展的国际知名品牌"
    PILOT_FIRM = "pilot_firm", "外贸综合服务、跨境电子商务试点企业"
    KEY_FAIR_EXHIBITOR = "key_fair_exhibitor", "市重点国际性展会参展企业"


SHORT_NAMES = {
    DesignationKind.POLICY_DIRECTION: "政策导向",
    DesignationKind.BASE_KEY_FIRM: "基地骨干",
    DesignationKind.FAMOUS_BRAND: "知名品牌",
    DesignationKind.PILOT_FIRM: "试点企业",
    DesignationKind.KEY_FAIR_EXHIBITOR: "重点展会",
}

# Lists that count only when a second person has confirmed the entry: plan C rests on this one (clause 四(二) C).
NEED_SECOND_PERSON = frozenset({DesignationKind.POLICY_DIRECTION})


class IdentityChange(Labelled):
    """How a firm came to be known otherwise."""

    RENAMED = "renamed", "更名"
    RECODED = "recoded", "代码变更"
    MERGED = "merged", "被合并"


class DisputeState(Labelled):
    """Where a firm's objection to a fact stands."""

    OPEN = "open", "待答复"
    UPHELD = "upheld", "已采纳"
    DECLINED = "declined", "未采纳"


DISPUTE_TRANSITIONS = {
    DisputeState.OPEN: frozenset({DisputeState.UPHELD, DisputeState.DECLINED}),
    DisputeState.UPHELD: frozenset(),
    DisputeState.DECLINED: frozenset(),
}


class CorrectionSubject(Labelled):
    """What an officer corrects."""

    FIGURE = "figure", "出口额"
    PARTICULARS = "particulars", "企业名称与注册地"


CORRECTION = "correction"  # the kind of import that a correction is
