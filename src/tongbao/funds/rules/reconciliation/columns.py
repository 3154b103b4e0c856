"""The columns of an insurer's statement, with the other headings that mean the same."""

from tongbao.batch.rules import Column, Kind

KIND = Kind(
    "insurer_statement",
    "保险人对账单",
    "对账单",
    (
        Column(
            "number",
            "保单号",
            "与保险人系统一致；一张保单当月只填一行",
            ("SCH000001-191900",),
            others=("保险单号", "保单编号", "保险单编号"),
        ),
        Column(
            "name",
            "被保险人",
            "企业全称",
            ("南通某某纺织品有限公司",),
            others=("被保险人名称", "企业名称", "客户名称", "单位名称"),
        ),
        Column(
            "code",
            "统一社会信用代码",
            "18 位",
            ("91320602MA1XAMPLEP",),
            required=False,
            others=("信用代码", "社会信用代码"),
        ),
        Column(
            "entry_date",
            "录入日期",
            "保单在保险人系统中录入的日期",
            ("2019-09-18",),
            others=("保单录入日期", "系统录入日期", "出单日期"),
        ),
        Column(
            "subsidy",
            "财政扶持（元）",
            "人民币，最多两位小数；冲减以前月份多列的填负数，只有退保的填 0",
            ("10609.35",),
            others=("财政扶持", "财政补贴", "财政补贴（元）", "扶持金额", "财政扶持金额", "财政承担保费"),
        ),
        Column(
            "premium",
            "保费（元）",
            "人民币总保费",
            ("10609.35",),
            required=False,
            others=("保费", "总保费", "人民币保费"),
        ),
        Column(
            "refund",
            "退保退回（元）",
            "当月退保退回财政的金额，填正数",
            ("0.00",),
            required=False,
            others=("退保退回", "退回金额", "退费金额", "退保金额"),
        ),
    ),
)
