"""Cameras whose pictures are taken out of their packets: as good ones are, as odd ones are, and when it ends."""

import io
import itertools
import ssl
import time
from dataclasses import replace

import av
import pytest
from tests.integration.video.taking import some

from matpho.domain.address import parse
from matpho.errors import BadAddress, SourceLost, SourceRefused, SourceStalled
from matpho.plugins.sources import prompt
from matpho.plugins.sources import units as units_module
from matpho.plugins.sources.prompt import PromptSource, Unfit
from matpho.testing.certificate import make_certificate
from matpho.testing.proxy import Damage, Wire
from matpho.video.live_mux import LiveMuxer
from matpho.video.parameters import units

pytestmark = pytest.mark.integration


def content(data):
    return list(units(data, 64))


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("marker", ["last", "never", "sets"])
def test_each_picture_is_what_was_sent(camera, films, codec, together, marker):
    server = camera(codec=codec, together=together, marker=marker)
    source = PromptSource(parse(server.url()))
    assert (source.info.codec, source.info.width, source.info.height) == (codec, 320, 192)
    found = some(source, 60)
    sent = itertools.cycle(films[codec])
    assert [content(bytes(p.payload)) for p in found] == [content(bytes(p.payload)) for p in itertools.islice(sent, 60)]
    assert [p.key for p in found] == [n % 20 == 0 for n in range(60)]
    assert [p.dts - found[0].dts for p in found] == [1800 * n for n in range(60)]
    assert {p.duration for p in found} == {1800}
    told = [p.camera_at for p in found if p.camera_at is not None]
    assert abs(told[-1] - time.time_ns()) < 0.5e9


def test_it_is_handed_over_before_the_next_one_begins(camera):
    server = camera(film="close keys", fps=5.0, step=18_000)
    source = PromptSource(parse(server.url()))
    late = [time.time_ns() - p.camera_at for p in itertools.islice(source, 17) if p.key and p.camera_at]
    source.close()
    assert min(late[1:]) < 0.05e9, "a fifth of a second lies between two pictures"


def test_time_stamps_go_on_over_the_end_of_their_counter(camera):
    server = camera(first_stamp=2**32 - 10 * 1800)
    found = some(PromptSource(parse(server.url())), 30)
    assert [b.dts - a.dts for a, b in itertools.pairwise(found)] == [1800] * 29


@pytest.mark.parametrize("challenge", ["Basic", "MD5", "SHA-256"])
def test_logins(camera, challenge, caplog):
    server = camera(user="cán bộ", password='p"w:1', challenge=challenge, nonce_lives=2)
    some(PromptSource(parse(server.url("c%C3%A1n%20b%E1%BB%99:p%22w%3A1"))), 5)
    wait_for(lambda: "TEARDOWN" in server.methods)
    before = len(server.asked)
    with pytest.raises(SourceRefused) as refused:
        PromptSource(parse(server.url("admin:hunter2")))
    told = f"{refused.value!r}{refused.value.__cause__}{refused.value.vi}{caplog.text}"
    assert "hunter2" not in told
    tried = [h for _, _, h in server.asked[before:] if "authorization" in h]
    assert len(tried) == 1, "cameras lock an account that is tried again and again"


def test_an_encrypted_connection(camera, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*make_certificate(tmp_path))
    server = camera(context=context)
    assert len(some(PromptSource(parse(server.url())), 10)) == 10


def test_sound_is_never_asked_for_and_the_camera_is_left_with_a_word(camera):
    server = camera()
    some(PromptSource(parse(server.url())), 5)
    wait_for(lambda: "TEARDOWN" in server.methods)
    assert server.methods == ["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "TEARDOWN"]
    assert server.asked[2][1].endswith("/live/1/track1")


def wait_for(what, timeout_s=5.0):
    end = time.monotonic() + timeout_s
    while not what():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def test_a_session_is_kept_alive_and_reported_on(camera, monkeypatch):
    monkeypatch.setattr(prompt, "_TIMEOUT_S", 0.6)
    monkeypatch.setattr(prompt, "REPORT_S", 0.2)
    server = camera(session_s=1.0)
    assert len(some(PromptSource(parse(server.url())), 120)) == 120
    kept = [h for m, _, h in server.asked if m == "GET_PARAMETER"]
    assert len(kept) >= 3
    assert {h["session"] for h in kept} == {"12ab"}
    assert len(server.reports) >= 5
    report = server.reports[-1]
    assert (report[1], int.from_bytes(report[8:12], "big")) == (201, 7)
    assert int.from_bytes(report[16:20], "big") > 65_536, "packets are counted over the end of their counter"


def test_a_camera_whose_challenge_expires_is_kept_too(camera, monkeypatch):
    monkeypatch.setattr(prompt, "_TIMEOUT_S", 0.4)
    server = camera(user="u", password="p", challenge="MD5", nonce_lives=4)
    assert len(some(PromptSource(parse(server.url("u:p"))), 100)) == 100


def test_pictures_that_gathered_during_a_nap_come_at_once(camera):
    source = PromptSource(parse(camera(fps=50.0).url()))
    coming = iter(source)
    some_first = list(itertools.islice(coming, 5))
    time.sleep(1.0)
    began = time.monotonic()
    gathered = list(itertools.islice(coming, 45))
    assert time.monotonic() - began < 0.6, "paced as they were taken they would take 0.9 s"
    source.close()
    stamps = [p.dts for p in some_first + gathered]
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_what_it_gives_can_be_decoded_and_shown_live(camera, codec):
    source = PromptSource(parse(camera(codec=codec).url()))
    found = some(source, 60)
    decoder = av.CodecContext.create(source.info.codec, "r")
    decoder.extradata = source.info.extradata
    pictures = [f for p in found for f in decoder.decode(p.payload)] + decoder.decode(None)
    assert {(f.width, f.height) for f in pictures} == {(320, 192)}
    muxer = LiveMuxer(source.info)
    film = io.BytesIO(muxer.init + b"".join(muxer.fragment(p) for p in found))
    with av.open(film) as container:
        shown = [round(f.time, 3) for f in container.decode(video=0)]
    assert shown == [round(n / 50, 3) for n in range(60)]
    assert len(pictures) == 60


def without_usability(unit):
    """A sequence parameter set without its VUI (H.264, 7.3.2.1.1), as most cameras send it."""
    plain = unit.replace(b"\x00\x00\x03", b"\x00\x00")
    bits = "".join(f"{byte:08b}" for byte in plain)
    at = 32

    def number():
        nonlocal at
        zeros = bits.index("1", at) - at
        value = int(bits[at + zeros : at + 2 * zeros + 1], 2) - 1
        at += 2 * zeros + 1
        return value

    number(), number()
    if number() == 0:  # how pictures are counted
        number()
    number()
    at += 1
    number(), number()
    at += 2
    at += 1
    if bits[at - 1] == "1":
        [number() for _ in range(4)]
    assert bits[at] == "1", "it has none"
    cut = bits[:at] + "01"
    return int(cut.ljust(-(-len(cut) // 8) * 8, "0"), 2).to_bytes(-(-len(cut) // 8), "big")


def test_a_camera_that_does_not_say_how_far_it_reorders_is_believed_by_its_time_stamps(camera, films):
    sets = units(bytes(films["h264"][0].payload), 64)
    long = next(u for u in sets if u[0] & 31 == 7)
    films["short"] = [
        replace(p, payload=av.Packet(bytes(p.payload).replace(long, without_usability(long)))) for p in films["h264"]
    ]
    source = PromptSource(parse(camera(film="short").url()))
    assert (source.info.width, source.info.height) == (320, 192)
    assert len(source.info.extradata) < len(long)
    decoder = av.CodecContext.create("h264", "r")
    assert len([f for p in some(source, 30) for f in decoder.decode(p.payload)]) >= 28


@pytest.mark.parametrize("damage", [Damage(flip=0.1), Damage(header=0.03), Damage(drop=0.05)])
def test_damage_on_the_way_costs_pictures_and_never_more_than_the_connection(camera, damage):
    server = camera(fps=100.0, step=900)
    with Wire(server.url()) as wire:
        opened = 0
        address = parse(wire.of(server.url()))
        end_s = time.monotonic() + 15
        while time.monotonic() < end_s:
            source = PromptSource(address)
            opened += 1
            wire.damage = damage
            try:
                some(source, 150)
                break
            except SourceLost:
                wire.damage = Damage()
        wire.damage = Damage()
        assert len(some(PromptSource(address), 50)) == 50
    assert opened < 8
    assert wire.flipped + wire.broken > 0 or damage.drop


def test_packets_without_a_picture_are_silence(camera, monkeypatch):
    monkeypatch.setattr(prompt, "SILENT_S", 0.7)
    source = PromptSource(parse(camera().url()))
    monkeypatch.setattr(units_module, "MOST_BYTES", 10)
    with pytest.raises(SourceStalled):
        some(source, 20)


def test_lost_packets_cost_their_pictures_only(camera, films):
    server = camera(drops=frozenset({14, 15, 40, 41, 77}))
    found = some(PromptSource(parse(server.url())), 90)
    sent = {tuple(content(bytes(p.payload))) for p in films["h264"]}
    damaged = [p for p in found if tuple(content(bytes(p.payload))) not in sent]
    assert len(damaged) <= 5
    assert found[-1].dts - found[0].dts >= 1800 * 89


def test_what_comes_before_the_answer_to_play_is_not_lost(camera):
    server = camera(before=b"$\x01\x00\x04\x80\xc9\x00\x00")
    assert len(some(PromptSource(parse(server.url())), 3)) == 3


ODD = {
    "another codec": {"attributes": ("rtpmap:96 JPEG2000/90000", "control:track1")},
    "units in another order": {
        "attributes": ("rtpmap:96 {name}/90000", "fmtp:96 packetization-mode=2", "control:track1")
    },
    "encryption": {"protocol": "RTP/SAVP"},
    "another clock": {"attributes": ("rtpmap:96 {name}/1000", "control:track1")},
    "another transport": {"transport": "RTP/AVP/UDP;unicast;client_port=5000-5001"},
    "a description that is refused": {"statuses": {"DESCRIBE": "406 Not Acceptable"}},
    "play that is refused": {"statuses": {"PLAY": "455 Method Not Valid"}},
    "pictures in another order, unannounced": {"orders": (0, 3, 1, 2, 6, 4, 5)},
    "units of another codec": {"attributes": ("rtpmap:96 H265/90000", "control:track1")},
    "one time stamp for all": {"step": 0},
}


@pytest.mark.parametrize("how", ODD)
def test_what_is_not_understood_is_left_before_the_first_picture(camera, how):
    with pytest.raises(Unfit):
        PromptSource(parse(camera(**ODD[how]).url()))


def test_a_file_is_none_of_its_addresses():
    with pytest.raises(BadAddress):
        PromptSource(parse("/etc/passwd"))


def test_the_end_and_silence_are_told_apart(camera, monkeypatch):
    with pytest.raises(SourceLost) as lost:
        some(PromptSource(parse(camera(ends_after=10).url())), 20)
    assert not isinstance(lost.value, SourceStalled)
    monkeypatch.setattr(prompt, "SILENT_S", 0.7)
    began = time.monotonic()
    with pytest.raises(SourceStalled):
        some(PromptSource(parse(camera(silent_after=10).url())), 20)
    assert time.monotonic() - began < 3
