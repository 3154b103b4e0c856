"""docs/reference/policy-coverage.md: the policy clause by clause, from the same rows as the page."""

from tongbao.desk import queries, rules

HEAD = """# 政策落实情况

由 `src/tongbao/desk/data/policy-coverage.yaml` 生成（`make docs`），请勿手改。网页见“政策落实情况”（`/coverage/`）。

{title}共 {total} 条：{counts}。
"""


def markdown() -> str:
    """The whole document."""
    policy = queries.policy_coverage()
    counts = "，".join(f"{state.label} {count} 条" for state, count in policy.counts)
    head = HEAD.format(title=policy.title, total=len(policy.clauses), counts=counts)
    return "\n".join([head, *(_clause(clause) for clause in policy.clauses)])


def _clause(clause: rules.Clause) -> str:
    duties = "\n".join(_duty(duty) for duty in clause.duties)
    return f"## {clause.id} {clause.title}（{clause.state.label}）\n\n{duties}\n"


def _duty(duty: rules.Duty) -> str:
    lines = [f"- **{duty.says}**（{duty.state.label}）"]
    if duty.does:
        pages = "、".join(f"{title}（`{name}`）" for title, name in duty.pages.items())
        lines += [f"  - 做法：{duty.does}", f"  - 页面：{pages}"]
        lines += [f"  - {label}：{_code(names)}" for label, names in (("程序", duty.code), ("测试", duty.tests))]
    if duty.later:
        lines.append(f"  - 还缺：{duty.missing}；由后续的“{duty.part}”部分实现")
    return "\n".join(lines)


def _code(names: tuple[str, ...]) -> str:
    return "、".join(f"`{name}`" for name in names)
