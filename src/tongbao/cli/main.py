"""The `tongbao` command: one module a verb, each with `add(verbs)` and `run(arguments) -> exit code`."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from tongbao.cli import admin, assets, database, demo, scheme_verbs, screen, serve, verify
from tongbao.refusal import Refusal

VERBS = (serve, demo, database, admin, verify, scheme_verbs, screen, assets)
INTERRUPTED = 130  # what a shell says of Ctrl-C
DESCRIPTION = "统保：城市统一出口信用保险平台。"
EPILOG = """环境变量：
  TONGBAO_DATA_DIR   数据所在目录（数据库、上传的文件、生成的文件），默认 ./var
  DATABASE_URL       数据库地址，默认用数据目录里的 SQLite；生产环境请用 postgres://…
  TONGBAO_CLOCK      演示时钟的起点，如 2019-10-15T09:00；设置后即为演示模式
  TONGBAO_HOSTS      允许访问的主机名，用逗号分隔
"""


class Parser(argparse.ArgumentParser):
    """Chinese headings; the verbs' parsers are of the same class."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "add_help": False, "formatter_class": argparse.RawDescriptionHelpFormatter})
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示本说明")


def parser() -> argparse.ArgumentParser:
    """The whole grammar of the command."""
    made = Parser(prog="tongbao", description=DESCRIPTION, epilog=EPILOG)
    verbs = made.add_subparsers(title="命令", metavar="命令", required=True)
    for module in VERBS:
        module.add(verbs)
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; a refusal is one sentence on the error stream and exit code 1."""
    arguments = parser().parse_args(argv)
    try:
        return int(arguments.run(arguments) or 0)
    except Refusal as no:
        print(no.sentence, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("已中断。", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output went away
        sys.stderr.close()
        return 1


if __name__ == "__main__":
    sys.exit(main())
