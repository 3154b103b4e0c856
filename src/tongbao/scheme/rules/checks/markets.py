"""Countries that are taken into or out of the emerging markets: no code twice, none on both sides.

Whether a code is a country at all, the register knows; it refuses to reckon with one that is not.
"""

from tongbao.scheme.rules.checks.sections import Found, Sections, twice


def countries(s: Sections) -> Found:
    """A country stands once among those taken in or taken out, and regions are named when countries are."""
    parameters = s.parts.get("parameters")
    if parameters is None:
        return
    lists = (("emerging_extra", parameters.emerging_extra), ("emerging_left_out", parameters.emerging_left_out))
    yield from twice(
        (
            (("parameters", key, "value", place), code)
            for key, listed in lists
            if listed
            for place, code in enumerate(listed.value)
        ),
        "国家（地区）“{id}”写了两次",
        "每个国家（地区）只写一次：或另计入，或除去",
    )
    for key, listed in lists:
        if listed and listed.value and parameters.emerging_regions is None:
            hint = "先写 emerging_regions，再另计入或除去个别国家（地区）"
            yield ("parameters", key), "没有写明哪些区域算作新兴市场", hint
