"""A small edition that uses every shape of rule and has no fault, for tests that break one thing at a time."""

NAME = "small.yaml"
TEXT = """\
edition:
  code: small-2020
  city: 小城
  year: 2020
  title: 小城2020年方案
  authority: 小城商务局
  nominal_policyholder: 小城商务局
  base_year: 2019
  effective_from: 2020-01-01
  clause: 一
period: {from: 2020-01-01, to: 2020-12-31, clause: 一}
clauses:
  - {id: 一, title: 总则, text: 总则}
  - {id: 二, title: 细则, text: 细则}
areas:
  - {id: east, name: 东区, covered: true, clause: 一}
  - {id: west, name: 西区, covered: true, clause: 一}
  - {id: south, name: 南区, covered: false, clause: 一}
facts:
  - {id: area, type: text, title: 注册地, supplier: 企业, clause: 一}
  - {id: exports_usd, type: number, unit: 美元, title: 出口额, supplier: 海关, clause: 一}
  - {id: us_exports_usd, type: number, unit: 美元, title: 对美出口额, supplier: 海关, part_of: exports_usd, clause: 一}
  - {id: change_usd, type: number, unit: 美元, title: 出口增减, supplier: 海关, signed: true, clause: 一}
  - {id: turnover_usd, type: number, unit: 美元, title: 营业额, supplier: 税务, clause: 一}
  - {id: insured, type: bool, title: 已投保, supplier: 保险人, clause: 一}
thresholds:
  - {id: us_share, title: 对美占比, share: 40%, clause: 二}
  - {id: us_floor, title: 对美起点, usd: 10万, clause: 二}
bands:
  - id: exports
    title: 出口额分档
    fact: exports_usd
    clause: 二
    bands:
      - {id: small, title: 小, from: 0, to: 100万, clause: 二}
      - {id: middle, title: 中, above: 100万, below: 500万, clause: 二}
      - {id: large, title: 大, from: 600万, to: 900万, clause: 二}
    holes:
      - {from: 500万, below: 600万, reason: 另有平台, clause: 二}
  - id: by_turnover
    title: 营业额分档
    fact: turnover_usd
    clause: 二
    bands:
      - {id: known, title: 有营业额, above: 0, clause: 二}
imputation: {title: 推定出口额, fact: turnover_usd, at_most_usd: 50万, clause: 二}
criteria:
  - {id: area, title: 注册地在覆盖区, in_areas: area, clause: 一}
  - {id: exports_band, title: 出口额在档, in_bands: exports, clause: 二}
  - {id: uninsured, title: 尚未投保, when: NOT insured, clause: 二}
priorities:
  - {id: growth, title: 出口增长, when: change_usd > 0, if_unknown: us_exports_usd > 100, rank: 1, clause: 二}
plans:
  - id: A
    title: 方案A
    bands: [small, middle]
    band_rates:
      - {band: small, rate: 0.03%, clause: 二}
      - {band: middle, rate: 0.05%, clause: 二}
    discount: 10%
    minimum_usd: 50
    limits:
      - {basis: buyer, usd: 5万, clause: 二}
      - {basis: policy_year, times_premium: 60, clause: 二}
      - {basis: policy_year, usd: 20万, clause: 二}
    payers:
      - {payer: 市财政, share: 50%, cap_yuan: 5000, clause: 二}
      - payer: 区财政
        share: 30%
        cap_yuan: 1000
        band_caps:
          - {band: middle, cap_yuan: 2000, clause: 二}
        payment: reimburse
        pay_by: 2021-03-31
        clause: 二
    minimum_subsidy_yuan: 300
    indemnity:
      - {risk: commercial, ratio: 80%, clause: 二}
      - {risk: political, at_least: 90%, clause: 二}
    clause: 二
  - id: B
    title: 方案B
    bands: [large]
    conditions:
      - id: us
        title: 对美为主
        when: us_exports_usd > us_share * exports_usd AND us_exports_usd > us_floor
        clause: 二
    limit_usd: 30万
    rate: 0.1%
    rate_is_ceiling: true
    payers:
      - {payer: 财政, share: 100%, clause: 二}
    clause: 二
  - id: C
    title: 方案C
    bands: [large]
    conditions:
      - {id: others, title: 对美不为主, when: us_exports_usd <= 0.4 * exports_usd, clause: 二}
    limit_usd: 10万
    flat_usd: 200
    payers:
      - {payer: 两级财政, share: 100%, clause: 二}
    clause: 二
exclusive:
  - {plans: [B, C], clause: 二}
insurers:
  - {id: one, title: 保险人甲, short: 甲, office: 甲机构, lead: true, fund_yuan: 30万, clause: 二}
  - {id: two, title: 保险人乙, short: 乙, office: 乙机构, clause: 二}
  - {id: three, title: 保险人丙, short: 丙, office: 丙机构, clause: 二}
pools:
  - {id: shared, title: 共用资金, insurers: [two, three], fund_yuan: 20万, clause: 二}
enrolment: {mode: application, title: 自主申请, clause: 二}
quotas:
  - {id: first, title: 家数限额, firms: 100, plans: [A], areas: [east], clause: 二}
queue: {order: receipt, priority_orders: waiting, class_frozen_at: receipt, clause: 二}
parameters:
  reference_rate: {title: 测算汇率, value: 7, clause: 二}
  fx_buffer: {title: 余量, value: 3%, clause: 二}
  fx_tolerance: {title: 提醒幅度, value: 3%, clause: 二}
  round_usd_first: {title: 先取整, value: true, clause: 二}
  cover_from: {title: 起保日, value: 2020-01-01, clause: 二}
  surplus: {title: 结余, value: return, clause: 二}
deadlines:
  exporter_share_days: {title: 缴费期限, value: 10, clause: 二}
  clarification_days: {title: 答复期限, value: 5, clause: 二}
estimates:
  - {id: all, title: 合计, plans: [A], firms: 10, uptake: 50%,
     insured_firms: 5, insured_exports_usd: 1, subsidy_yuan: 1, clause: 二}
"""


def broken(old: str, new: str, text: str = TEXT) -> str:
    """The edition with one passage, which stands in it once, written otherwise."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def line(text: str, needle: str) -> int:
    """The line on which some text stands; it stands there alone."""
    numbers = [number for number, said in enumerate(text.splitlines(), 1) if needle in said]
    assert len(numbers) == 1, f"{needle!r} stands on lines {numbers}"
    return numbers[0]
