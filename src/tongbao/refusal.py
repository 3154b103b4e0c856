"""The one kind of "no": rendered in one place for pages, API and command line."""


class Refusal(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """A rule, a right or a state forbids what was asked.

    `code` is stable and for machines; `sentence` is for people, in Chinese, and says what to do; `field` names the
    form field it belongs to, or None when it concerns the whole request.
    """

    def __init__(self, code: str, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field


class Forbidden(Refusal):
    """The person may not do this at all (HTTP 403), whatever the state of the case."""
