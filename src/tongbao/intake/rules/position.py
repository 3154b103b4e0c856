"""What a place in line means, in plain words for the firm that stands there (二(二), 二(三))."""

PACE_DAYS = 28  # how far back the pace of a line is looked at


def may_pass(priority_class: int) -> str:
    """Who may still be served before a place with this class, and why."""
    held = "已进入审核、资金还差一部分的企业，先补足差额。"
    if priority_class == 0:
        return f"贵公司符合优先条件。以后提交的企业都排在您后面：同为优先的按序号，一般的排在所有优先的之后。{held}"
    return (
        "符合优先条件（二(二)）的企业，即使比您晚提交，也先得到资金；其余的按序号，以后提交的一般企业都排在您后面。"
        f"是否优先在收件时确定，以后不变。{held}"
    )


def pace_says(served: int, before: int) -> str:
    """What the last weeks tell of when it will be a place's turn; never a promise."""
    weeks = PACE_DAYS // 7
    if not served:
        return f"近 {weeks} 周没有候补企业得到资金，何时轮到无法估计。"
    said = f"近 {weeks} 周有 {served} 家候补企业得到资金。"
    ahead = -(-(before + 1) * weeks // served)  # begun weeks count
    if ahead > 52:
        return f"{said}按这个速度，一年之内轮不到。"
    return f"{said}按这个速度，大约 {ahead} 周轮到；这只是过去的速度，资金何时退回或追加没有办法预知，不是承诺。"
