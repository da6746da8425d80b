"""Every operation of the API, and what a well-formed call of each sends."""

from functools import cache

from matpho.web.openapi import description


@cache
def operations():
    """(method, path, name, least role) of each."""
    found = []
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            found.append((method.upper(), path, operation["operationId"], operation["x-least-role"]))
    return tuple(found)


BODIES = {
    "add_person": {"login": "moi", "name": "Mới", "role": "observer", "password": "một mật khẩu dài"},
    "change_person": {"name": "Tên khác"},
    "change_session": {"language": "vi"},
    "add_camera": {"id": "moi", "name": "Mới", "main": "rtsp://10.0.0.9/main"},
    "change_camera": {"name": "Tên khác"},
    "set_register": {"purpose": "vệ sinh", "sign_at": "2026-11-01", "retention_days": 15},
    "discover_devices": {"interface": "eth0"},
    "ask_device": {"service": "192.168.1.64"},
    "set_device_clock": {"service": "192.168.1.64"},
    "probe_streams": {"main": "rtsp://10.0.0.9/1"},
    "add_uplink": {"name": "nha-moi", "cameras": ["192.168.1.64"], "endpoint": "pho.example.vn:51820"},
    "set_zones": [{"id": "v", "purpose": "watch", "polygon": [[0, 0], [1, 0], [1, 1]]}],
    "report_incident": {"camera_id": "cong-cho", "kind": "littering", "at": "2026-11-23T04:00:00Z", "note": "x"},
    "ask_export": {
        "cameras": ["cong-cho"],
        "start": "2026-11-23T03:59:00Z",
        "end": "2026-11-23T03:59:30Z",
        "reason": "Theo yêu cầu của tổ dân phố",
    },
    "decide_incident": {"decision": "start_review", "version": 1},
    "allow_incident": {"note": "chậu cây của hộ 12"},
    "allow_place": {"note": "chậu cây của hộ 12", "box": [0.1, 0.6, 0.1, 0.1]},
    "note_incident": {"note": "đã gọi tổ trưởng"},
    "hold_footage": {
        "camera_id": "cong-cho",
        "start": "2026-11-23T04:00:00Z",
        "end": "2026-11-23T05:00:00Z",
        "reason": "công an đề nghị",
    },
    "check_zones": {"zones": [{"id": "v", "purpose": "watch", "polygon": [[0, 0], [1, 0], [1, 1]]}]},
    "set_ground": {"ground": [[0.1, 0.9], [0.9, 0.9], [0.7, 0.3], [0.3, 0.3]], "ground_size_m": [7, 20]},
    "suggest_directions": {"polygon": [[0, 0], [1, 0], [1, 1]]},
    "start_trial": {"cameras": ["cong-cho"]},
    "add_scene": {"scene": "thu.via-he.illegal_dumping"},
    "act_scene": {"now": True},
    "end_trial": {"note": ""},
    "cancel_trial": {"note": "trời mưa"},
    "enter_decision": {
        "number": "12/QĐ-UBND",
        "dated": "2026-11-20",
        "issuer": "UBND phường",
        "kinds": ["crowd"],
        "start": "2026-11-23T00:00:00Z",
        "end": "2026-12-23T00:00:00Z",
        "reason": "Trực chợ đêm dịp lễ",
    },
    "revoke_decision": {"reason": "hết dịp lễ"},
    "answer_problem": {"note": "đã xem", "assigned": "Anh Bình"},
    "set_quiet_hours": {"hours": "22:00-06:00"},
    "answer_proposal": {"accept": True},
    "revert_proposal": {"reason": ""},
}
QUERIES = {
    "list_scenes": "camera=cong-cho",
    "advise_uplink": "uplink_kbit=1000&main_kbit=2000",
    "release_hold": "reason=xong",
    "get_timeline": "camera=cong-cho&from=2026-11-23T04:00:00Z&to=2026-11-23T05:00:00Z",
    "get_calendar": "year=2026&month=11",
    "get_footage": "at=2026-11-23T04:00:00Z",
    "get_preview": "at=2026-11-23T04:00:00Z",
    "get_frame": "at=2026-11-23T04:00:00Z",
}
FILE = '[camera]\nid = "tu-tep"\nname = "Từ tệp"\nmain = "rtsp://10.0.0.8/main"\n'


SHEET = "name,main\nTừ bảng,rtsp://10.0.0.7/main\n".encode()
