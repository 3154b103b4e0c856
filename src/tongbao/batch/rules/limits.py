"""How large a file may be, and the refusals that every format shares."""

from tongbao.refusal import Refusal

MAX_BYTES = 40 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 40
TITLE_ROWS = 100  # rows above a heading that are granted on top of MAX_ROWS before the heading is known
FORMATS = "Excel 工作簿（.xlsx、.xls）或 CSV 文本（.csv）"


def too_big(size: int) -> str:
    """The sentence for a file of `size` bytes that is over the limit."""
    shown, limit = f"{size / 1024 / 1024:.1f}", MAX_BYTES // 1024 // 1024
    return f"文件有 {shown} MB，超过 {limit} MB 的上限，没有读取。请按年份或月份分成几个文件。"


def damaged() -> Refusal:
    """The refusal of a workbook that cannot be read."""
    return Refusal("import.damaged", "工作簿已损坏，读不出来。请用 Excel 打开、另存为新的 .xlsx 后再上传。", "file")


def not_workbook() -> Refusal:
    """The refusal of a file that is no table in any format we read."""
    return Refusal("import.not_workbook", f"这不是能读取的表格。请上传 {FORMATS}，或下载模板填好后上传。", "file")


def old_format() -> Refusal:
    """The refusal of workbooks older than Excel 97."""
    return Refusal(
        "import.old_format", "这是 Excel 97 以前的旧格式，读不出来。请用 Excel 打开，另存为 .xlsx 后上传。", "file"
    )


def password() -> Refusal:
    """The refusal of an encrypted workbook."""
    return Refusal("import.password", "工作簿加了密码。请在 Excel 中去掉密码，保存后再上传。", "file")


def macros() -> Refusal:
    """The refusal of a workbook that carries programs."""
    return Refusal("import.macros", "工作簿里有宏，为安全起见不能导入。请另存为“Excel 工作簿（.xlsx）”后上传。", "file")


def external_links() -> Refusal:
    """The refusal of a workbook that takes values from other files."""
    return Refusal(
        "import.external_links",
        "工作簿引用了别的文件，数值可能不是最新的。请在 Excel 中点“数据→编辑链接→断开链接”，"
        "或把数据复制后选择性粘贴为数值，保存后再上传。",
        "file",
    )


def too_many_rows(last: int, where: str = "工作表") -> Refusal:
    """The refusal of a sheet whose last row that holds something is `last`."""
    return Refusal(
        "import.too_many_rows",
        f"{where}用到了第 {last:,} 行，一次最多导入 {MAX_ROWS:,} 行。请按年份或月份分成几个文件。",
        "file",
    )


def too_many_columns(last: str, where: str = "工作表") -> Refusal:
    """The refusal of a sheet that reaches to the column with the letter `last`."""
    return Refusal(
        "import.too_many_columns",
        f"{where}用到了 {last} 列，多于 {MAX_COLUMNS} 列。请对照模板，只保留需要的列。",
        "file",
    )
