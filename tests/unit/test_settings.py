import os

import pytest

from matpho.errors import BadInput
from matpho.settings import LONGEST_RUN_PATH, load

pytestmark = pytest.mark.unit


def test_a_home_without_a_file_has_defaults(tmp_path):
    settings = load(tmp_path, {})
    assert settings.port == 8480
    assert settings.host == "127.0.0.1", "nothing listens beyond this machine unless somebody says so"
    assert settings.database_url == f"sqlite:///{tmp_path}/db/matpho.sqlite"


def test_the_file_is_read_and_whole_numbers_do_for_fractions(tmp_path):
    (tmp_path / "matpho.toml").write_text("port = 9000\n[recording]\nsegment_s = 30\n[vision]\nanalysed_fps = 4\n")
    settings = load(tmp_path, {})
    assert (settings.port, settings.recording.segment_s, settings.vision.analysed_fps) == (9000, 30.0, 4.0)


def test_the_environment_wins(tmp_path):
    (tmp_path / "matpho.toml").write_text("port = 9000")
    assert load(tmp_path, {"MATPHO_PORT": "9001", "MATPHO_HOST": "0.0.0.0"}).port == 9001


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("port = ", "TOML"),
        ("colour = 1", "colour"),
        ("[recording]\nsegments = 1", "recording.segments"),
        ('port = "9000"', "port"),
        ("port = true", "port"),
        ("recording = 5", "recording"),
        ('home = "/"', "home"),
        ("port = 0", "port"),
        ("port = 99999", "port"),
        ("[recording]\nsegment_s = -1", "recording.segment_s"),
        ("[recording]\nsegment_s = nan", "recording.segment_s"),
        (f"[recording]\nsegment_s = {'9' * 400}", "recording.segment_s"),
        ("[vision]\ninferences_per_s = inf", "vision.inferences_per_s"),
        ("[vision]\nworkers = 0", "vision.workers"),
        ('time_zone = "Nowhere/Land"', "Nowhere/Land"),
        ('time_zone = "../etc/passwd"', "passwd"),
        (f"port = {'9' * 5000}", "TOML"),
    ],
)
def test_what_does_not_fit_is_named_in_both_languages(tmp_path, text, word):
    (tmp_path / "matpho.toml").write_text(text)
    with pytest.raises(BadInput) as caught:
        load(tmp_path, {})
    assert word in caught.value.en
    assert word in caught.value.vi


def test_a_port_that_is_no_number_is_refused(tmp_path):
    with pytest.raises(BadInput):
        load(tmp_path, {"MATPHO_PORT": "80; rm"})


def test_a_deep_home_keeps_its_sockets_where_their_paths_fit(tmp_path):
    deep = tmp_path / ("x" * 90)
    run = load(deep, {}).run
    assert len(os.fsencode(run)) <= LONGEST_RUN_PATH
    assert load(deep, {}).run == run
    assert load(tmp_path / ("y" * 90), {}).run != run


def test_a_file_that_cannot_be_read_says_so(tmp_path):
    (tmp_path / "matpho.toml").mkdir()
    with pytest.raises(BadInput, match="cannot be read"):
        load(tmp_path, {})


def test_a_fire_model_is_named_for_all_cameras_or_for_one(tmp_path):
    (tmp_path / "matpho.toml").write_text(
        '[vision]\nfire_model = "all"\n'
        '[vision.cameras.cho-dem]\nfire_model = "market"\n[vision.cameras.lo-nuong]\nfire_model = "none"\n'
    )
    vision = load(tmp_path, {}).vision
    assert [vision.fire_model_of(c) for c in ("hem-3", "cho-dem", "lo-nuong")] == ["all", "market", ""]
    assert load(tmp_path / "elsewhere", {}).vision.fire_model_of("hem-3") == ""
    (tmp_path / "matpho.toml").write_text('[vision.cameras.cho-dem]\nfire_modell = "market"\n')
    with pytest.raises(BadInput, match="fire_modell"):
        load(tmp_path, {})
