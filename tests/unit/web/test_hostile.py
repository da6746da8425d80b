"""Whatever is sent by whoever is signed in: never a 500, never a change of shape."""

import re

import pytest

from matpho.web.openapi import description

pytestmark = pytest.mark.unit

DEEP = b"[" * 5000 + b"]" * 5000
BODIES = [
    b"",
    b"null",
    b"[]",
    b"{}",
    b'"x"',
    b"1e999",
    DEEP,
    b'{"a":' * 2000 + b"1" + b"}" * 2000,
    b'{"a":' * 850 + b"1" + b"}" * 850,
    b"\xff\xfe\x00",
    b'{"login":"\\ud800\\udfff\\ud800","name":"\\u0000","role":"officer","password":"\\ud800 a long password"}',
    b'{"id":"\\u0000","name":"\\ud800","zones":[{"id":"a","purpose":"watch","polygon":[[NaN,0],[1,Infinity],[1,1]]}]}',
    b'[{"id":"a","purpose":"watch","polygon":[[NaN,0],[1,0],[1,1]]}]',
    b'[{"id":"a","purpose":"watch","polygon":[[0,0],[1,0],[1,1]],"rules":{"unattended_object":{"x":1e308}}}]',
    b'{"decision":"confirm","version":99999999999999999999999999999999}',
    b'{"camera_id":"\\ud800","kind":"littering","at":"9999-12-31T23:59:59Z","note":"x","box":[1e308,0,1,1]}',
    b'{"camera_id":"cong-cho","kind":"littering","at":"0001-01-01T00:00:00+23:59","note":"x"}',
    b'{"note":"\\ud800"}',
    b'{"name":"\\ud800"}',
]
IDS = ["%00", "%ff", "%ED%A0%80", "9" * 40, "-1", "'%20OR%201=1--", "a" * 2000, "%F0%9F%98%80"]


class Ids(dict):
    """Ids for every name in a path; one that is not told is an id of nothing."""

    def __missing__(self, name):
        return "x"


QUERIES = [
    {"cursor": "99999999999999999999999999.x"},
    {"cursor": "99999999999999999999999999"},
    {"cursor": "-9.x"},
    {"from": "9999-12-31T23:59:59Z"},
    {"from": "0001-01-01T00:00:00Z"},
    {"from": "-99999999999999999999999"},
    {"to": "2026-02-30T00:00:00Z"},
    {"state": "suspected\x00"},
    {"kind": "\x00", "camera": "\x00"},
    {"limit": "99999999999999999999"},
    {"stream": "side"},
    {"size": "tiny"},
]


@pytest.fixture
def ward(office):
    camera = office.add_camera()
    office.incident = office.add_incident(camera)
    office.file = office.add_file(office.incident, camera)
    return office


def operations(method_has_body):
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"] not in ("listen", "sign_out", "remove_camera") and (
                (method in ("post", "put", "patch")) is method_has_body
            ):
                yield method.upper(), path


def fine(answer, what):
    assert answer.status_code < 500 or answer.status_code == 503, (what, answer.status_code, answer.text[:300])
    if answer.status_code >= 400:
        assert set(answer.json()["error"]) == {"code", "vi", "en"}, what


def test_no_body_surprises_any_operation(ward):
    person = ward.admin.get("/api/people").json()[0]["id"]
    ids = Ids(camera_id="cong-cho", incident_id=ward.incident, evidence_id=ward.file.id, person_id=person)
    for method, path in operations(method_has_body=True):
        for body in BODIES:
            answer = ward.admin.ask(
                method, path.format_map(ids), content=body, headers={"Content-Type": "application/json"}
            )
            fine(answer, (method, path, body[:80]))


def test_no_id_surprises_any_operation(ward):
    for method, path in [*operations(method_has_body=False), *operations(method_has_body=True)]:
        if "{" not in path:
            continue
        for strange in IDS:
            place = re.sub(r"{\w+}", lambda _, strange=strange: strange, path)
            fine(ward.admin.ask(method, place, json={}), (method, path, strange[:20]))


def test_no_query_surprises_any_operation(ward):
    ids = Ids(camera_id="cong-cho", incident_id=ward.incident, evidence_id=ward.file.id)
    for method, path in operations(method_has_body=False):
        for query in QUERIES:
            fine(ward.admin.ask(method, path.format_map(ids), params=query), (method, path, query))


@pytest.mark.parametrize(
    "header",
    [
        {"Cookie": "=;=;;;matpho_session"},
        {"Range": "bytes=" + "0-1," * 5000},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/json; charset=utf-32"},
        {"X-CSRF-Token": "é".encode("latin-1")},
        {"Origin": "http://[::1"},
        {"Origin": "http://pho.test:99999999"},
        {"Content-Length": "-5"},
    ],
)
def test_no_header_surprises_the_server(ward, header):
    place = f"/api/incidents/{ward.incident}/evidence/{ward.file.id}"
    fine(ward.admin.get(place, headers=header), header)
    fine(ward.admin.ask("POST", "/api/incidents", content=b"{}", headers=header), header)
