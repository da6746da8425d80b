"""What is wrong with a line that was typed, in Vietnamese: click says it in English only."""

import re

import click

_MESSAGES = (
    (r"(?s)'(.*)' is not a valid integer(?: range)?\.", r"'\1' không phải số nguyên"),
    (r"(?s)'(.*)' is not a valid float(?: range)?\.", r"'\1' không phải số"),
    (r"(.*) is not in the range (.*)\.", r"\1 không nằm trong khoảng \2"),
    (r"'(.*)' is not one of (.*)\.", r"'\1' phải là một trong \2"),
    (r"'(.*)' does not match the formats? (.*)\.", r"'\1' không đúng dạng ngày \2"),
    (r"\w+ '(.*)' does not exist\.", r"không có '\1'"),
    (r"\w+ '(.*)' is a file\.", r"'\1' là tệp, không phải thư mục"),
    (r"\w+ '(.*)' is a directory\.", r"'\1' là thư mục, không phải tệp"),
    (r"\w+ '(.*)' is not readable\.", r"không có quyền đọc '\1'"),
    (r"\w+ '(.*)' is not writable\.", r"không có quyền ghi '\1'"),
    (r"Option '(.*)' requires an argument\.", r"tuỳ chọn \1 cần một giá trị"),
    (r"Option '(.*)' requires (\d+) arguments\.", r"tuỳ chọn \1 cần \2 giá trị"),
    (r"Option '(.*)' does not take a value\.", r"tuỳ chọn \1 không nhận giá trị"),
    (r"Got unexpected extra arguments? \((.*)\)", r"thừa: \1"),
    (r"Missing command\.", r"thiếu tên lệnh"),
    (r"no such process: (.*)", r"không có tiến trình \1"),
    (r"(.*): there are (.*)", r"không có \1; có: \2"),
    (r"nan is no number of frames", r"nan không phải số khung hình"),
    (r"--scene and --out are needed \(or --list\)", r"cần --scene và --out (hoặc --list)"),
    (r"(.*) is not empty and no demonstration; choose another --home",
     r"\1 không trống và không phải phường mẫu; hãy chọn --home khác"),
)  # fmt: skip
"""Sentences of click and of our commands → Vietnamese."""
_TABLE = tuple((re.compile(en), vi) for en, vi in _MESSAGES)


def in_vietnamese(error: click.UsageError) -> str:
    """What is wrong, without a full stop; a sentence that is not known stays as it is."""
    if isinstance(error, click.NoSuchOption):
        near = f" (có phải {', '.join(error.possibilities)}?)" if error.possibilities else ""
        return f"không có tuỳ chọn {error.option_name}{near}"
    if found := re.fullmatch(r"(?s)No such command '(.*?)'\.(?: Did you mean (.*)\?)?", error.format_message()):
        return f"không có lệnh {found[1]}" + (f" (có phải {found[2]}?)" if found[2] else "")
    if isinstance(error, click.MissingParameter):
        return f"thiếu {_sort(error)} {_hint(error)}".rstrip()
    said = _sentence(error.message)
    if isinstance(error, click.BadParameter) and (hint := _hint(error)):
        return f"{hint}: {said}"
    return said


def _sentence(en: str) -> str:
    return next((f.expand(vi) for pattern, vi in _TABLE if (f := pattern.fullmatch(en))), en.rstrip("."))


def _sort(error: click.MissingParameter) -> str:
    kind = error.param_type or (error.param.param_type_name if error.param else "")
    return "tuỳ chọn" if kind == "option" else "tham số"


def _hint(error: click.BadParameter) -> str:
    """Which option or argument, as it is typed."""
    hint = error.param_hint
    if hint is None:
        hint = error.param.get_error_hint(error.ctx) if error.param and error.ctx else ""
    return (hint if isinstance(hint, str) else ", ".join(hint)).replace("'", "").replace(" / ", ", ")
