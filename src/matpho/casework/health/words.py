"""A problem as a sentence, with its figures."""

from collections.abc import Mapping

from matpho.casework.advice import off_by
from matpho.casework.health.records import Problem
from matpho.casework.health.trouble import TROUBLES
from matpho.domain.words import Said


def _number(value: float | str, comma: str = ".") -> str:
    text = value if isinstance(value, str) else f"{value:g}"
    return text.replace(".", comma)


_DETAILS: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "low_fps": (("fps", "usual_fps"), "{} hình/giây, bình thường {}", "{} per second, usually {}"),
    "dirty": (("sharpness_left",), "độ nét còn {} lần lúc tốt nhất", "sharpness is {} of its best"),
    "gaps": (("gap_minutes",), "thiếu {} phút", "{} minutes are missing"),
    "register": (("overdue_days",), "quá {} ngày", "by {} days"),
    "certificate": (("overdue_days",), "quá {} ngày", "{} days ago"),
    "disk_full": (("free_gb",), "còn {} GB", "{} GB are free"),
    "disk_forecast": (
        ("days_left", "days_kept", "days_wanted"),
        "còn {} ngày là đầy, chỉ giữ được {} ngày thay vì {}",
        "full in {} days, and keeps {} days rather than {}",
    ),
    "analysis_late": (("left_out",), "bỏ qua {} % số hình", "{} % are left out"),
    "restarts": (("restarts",), "{} lần trong 30 phút", "{} times within 30 minutes"),
    "frozen": (("frozen_s",), "ít nhất {} giây", "for at least {} s"),
}


_PROCESSES: Mapping[str, Said] = {
    "recorder": Said("Phần ghi hình", "The recorder"),
    "vision": Said("Phần phân tích hình", "The analysis"),
    "desk": Said("Bàn trực", "The desk"),
    "supervisor": Said("Phần giám sát tiến trình", "The supervisor"),
    "cameras": Said("Camera mẫu", "The staged cameras"),
}


def sentence(problem: Problem) -> Said:
    """What is wrong, such as "Đồng hồ camera sai: nhanh 3,0 giờ." Names of cameras are added by who shows it."""
    trouble = TROUBLES[problem.trouble]
    offset_s = problem.figures.get("offset_s")
    if problem.trouble == "clock" and isinstance(offset_s, int | float):
        off = off_by(offset_s)
        return Said(f"{trouble.name.vi}: {off.vi}.", f"{trouble.name.en}: {off.en}.")
    names, vi, en = _DETAILS.get(problem.trouble, ((), "", ""))
    if not names or any(name not in problem.figures for name in names):
        return Said(f"{trouble.name.vi}.", f"{trouble.name.en}.")
    values = [problem.figures[name] for name in names]
    told_vi = vi.format(*(_number(v, ",") for v in values))
    return Said(f"{trouble.name.vi}: {told_vi}.", f"{trouble.name.en}: {en.format(*map(_number, values))}.")


def whose(problem: Problem, camera_names: Mapping[str, str]) -> Said:
    """What a problem is about, for a headline."""
    if problem.camera_id is not None:
        name = camera_names.get(problem.camera_id, problem.camera_id)
        return Said(name, name)
    if problem.subject.startswith("process:"):
        name = problem.subject[8:]
        what = _PROCESSES.get(name.partition("-")[0])
        return Said(f"{what.vi} ({name})", f"{what.en} ({name})") if what else Said(f"Tiến trình {name}", name)
    return Said("Ổ đĩa của máy", "The machine's disk")
