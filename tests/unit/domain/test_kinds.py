import pytest

from matpho.domain.kinds import GROUP_NAMES, KINDS, described, kind_of
from matpho.errors import BadInput

pytestmark = pytest.mark.unit

DESIGN = [
    "illegal_dumping",
    "rubbish_heap",
    "sidewalk_encroachment",
    "sidewalk_parking",
    "riding_on_sidewalk",
    "obstruction",
    "wrong_way",
    "stopped_vehicle",
    "illegal_parking",
    "red_light",
    "jump_start",
    "stopped_on_crosswalk",
    "intrusion",
    "crowd",
    "fight",
    "person_down",
    "unattended_object",
    "camera_tampering",
    "camera_outage",
    "picture_quality",
    "clock_drift",
    "fire_smoke",
]


def test_every_row_of_the_taxonomy_has_a_kind():
    assert {kind.row for kind in KINDS.values()} == set(range(1, 34))


def test_every_rule_of_the_design_has_its_kind_and_no_other_is_found_by_a_rule():
    assert {code for code, kind in KINDS.items() if kind.found_by_rule} == set(DESIGN)


def test_what_needs_the_wards_decision_and_alarms_are_advisory():
    assert {code for code, kind in KINDS.items() if kind.advisory} == {"fight", "crowd", "person_down", "fire_smoke"}


def test_names_are_said_in_both_languages_once():
    for language in ("vi", "en"):
        names = [kind.name.in_(language) for kind in KINDS.values()]
        assert all(names)
        assert len(set(names)) == len(names)
    assert set(GROUP_NAMES) == {kind.group for kind in KINDS.values()}


def test_an_unknown_code_is_refused_but_can_be_shown():
    with pytest.raises(BadInput):
        kind_of("loitering")
    assert described("loitering").name.vi == "loitering"
    assert described("intrusion") is KINDS["intrusion"]
