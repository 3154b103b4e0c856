"""Names of firms as people search for them."""


def initials(name: str) -> str:
    """The first letters of a name's pinyin, for search: 南通纺织 → ntfz."""
    from pypinyin import Style, lazy_pinyin  # its dictionary is large: the command line starts without it

    letters = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    return "".join(letter for letter in letters.lower() if letter.isalnum() and letter.isascii())[:240]
