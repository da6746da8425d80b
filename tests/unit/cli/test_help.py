"""Every command and every option is explained in Vietnamese and in English; what is typed wrong is said in both."""

import os
import re
import subprocess
import sys

import click
import pytest

from matpho.cli.help import EVERYWHERE, only_vietnamese, vietnamese
from matpho.cli.main import cli, main

pytestmark = pytest.mark.unit

VIETNAMESE = re.compile(r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)


def commands(command=cli, path=""):
    """Each command with the words that lead to it."""
    yield path or "matpho", command
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for name in command.list_commands(ctx):
            yield from commands(command.get_command(ctx, name), f"{path} {name}".strip())


ALL = dict(commands())


def options(command):
    return [p.opts[0] for p in command.params if isinstance(p, click.Option)]


@pytest.mark.parametrize("path", ALL)
def test_each_command_and_each_option_has_its_vietnamese(path):
    words, shared = vietnamese().get(path, {}), vietnamese()[EVERYWHERE]
    assert VIETNAMESE.search(words.get("text", "")), f"src/matpho/cli/help.vi.toml: [{path}] lacks its text"
    for name in options(ALL[path]):
        assert VIETNAMESE.search(words.get(name) or shared.get(name, "")), f"help.vi.toml: [{path}] lacks {name}"


@pytest.mark.parametrize("path", ALL)
def test_each_command_and_each_option_has_its_english(path):
    assert ALL[path].help
    assert all(p.help for p in ALL[path].params if isinstance(p, click.Option))


def test_no_word_is_left_of_what_is_gone():
    for path, words in vietnamese().items():
        if path != EVERYWHERE:
            assert path in ALL, f"help.vi.toml: there is no command {path}"
            gone = set(words) - {"text", *options(ALL[path])}
            assert not gone, f"help.vi.toml: [{path}] has no {gone}"
    used = {name for command in ALL.values() for name in options(command)} | {"--help"}
    assert set(vietnamese()[EVERYWHERE]) <= used


def shown(path, monkeypatch, capsys, locale):
    """What a terminal of 80 columns shows; a process of its own would show the same."""
    monkeypatch.setenv("LC_ALL", locale)
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as ended:
        main([*(path.split() if path != "matpho" else ()), "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


@pytest.fixture
def fresh():
    """The words as they stand beside the code, after a page that changed them."""
    said = [(c, c.help, c.short_help) for c in ALL.values()]
    of_options = [(p, p.help) for c in ALL.values() for p in c.params if isinstance(p, click.Option)]
    yield
    for command, text, short in said:
        command.help, command.short_help = text, short
    for option, text in of_options:
        option.help = text


@pytest.mark.parametrize("path", ALL)
@pytest.mark.usefixtures("fresh")
def test_a_page_shows_vietnamese_first_and_english_below(path, monkeypatch, capsys):
    english, texts = ALL[path].help, [p.help for p in ALL[path].params if isinstance(p, click.Option) and not p.hidden]
    page = shown(path, monkeypatch, capsys, "en_US.UTF-8")
    assert page.startswith("Cách dùng / Usage: matpho")
    assert "Tuỳ chọn / Options:" in page
    flat = " ".join(page.split())
    first = " ".join(vietnamese()[path]["text"].split())[:30]
    assert 0 < flat.index(first) < flat.index(english.split("\n")[0][:30])
    assert all(" ".join(text.split()) in flat for text in texts)
    assert "Hiện phần hướng dẫn này rồi thoát. Show this message and exit." in flat
    assert "\x1f" not in page
    assert "      \n" not in page
    text = [line for line in page.splitlines() if "  matpho " not in line]  # an example stays one line
    assert max(map(len, text)) <= 80


@pytest.mark.parametrize("path", ["matpho", "run", "import", "bench cameras"])
@pytest.mark.usefixtures("fresh")
def test_a_vietnamese_locale_shows_vietnamese_alone_with_the_examples(path, monkeypatch, capsys):
    english = ALL[path].help
    page = shown(path, monkeypatch, capsys, "vi_VN.UTF-8")
    assert page.startswith("Cách dùng: matpho")
    for word in ("Usage", "Options", "Commands", "Show this", "default:", "required", english.split("\n")[0]):
        assert word not in page
    if path == "import":
        assert "Ví dụ:\n" in page
        assert "matpho import /media/sdcard/DCIM --camera nga-ba-cho --dry-run" in page
        assert "[bắt buộc]" in page


@pytest.mark.parametrize(
    ("environment", "alone"),
    [
        ({}, False),
        ({"LANG": "vi_VN.UTF-8"}, True),
        ({"LANG": "vi"}, True),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "vi_VN", "LC_ALL": "C.UTF-8"}, False),
        ({"LANG": "en_US", "LC_MESSAGES": "vi_VN"}, True),
        ({"LANG": "vietnamese"}, False),
    ],
)
def test_only_a_vietnamese_locale_speaks_vietnamese_alone(environment, alone):
    assert only_vietnamese(environment) is alone


@pytest.mark.parametrize(
    ("line", "vi"),
    [
        ("runn", "không có lệnh runn"),
        ("run --prot 1", "không có tuỳ chọn --prot (có phải --port"),
        ("run --port x", "--port: 'x' không phải số nguyên"),
        ("run --port 0", "--port: 0 không nằm trong khoảng 1<=x<=65535"),
        ("run --port", "tuỳ chọn --port cần một giá trị"),
        ("run --stop=1", "tuỳ chọn --stop không nhận giá trị"),
        ("analyse a.mp4 --camera c --fps x", "--fps: 'x' không phải số"),
        ("analyse a.mp4 --camera c --fps nan", "--fps: nan không phải số khung hình"),
        ("analyse", "thiếu tham số VIDEO"),
        ("analyse a.mp4", "thiếu tuỳ chọn --camera"),
        ("cameras template a b", "thừa: b"),
        ("cameras register c --sign mai", "--sign: 'mai' không đúng dạng ngày"),
        ("bench cameras --scene x", "--scene: 'x' phải là một trong"),
        ("bench cost none.mp4", "VIDEOS...: không có 'none.mp4'"),
        ("cameras import .", "FILE: '.' là thư mục, không phải tệp"),
        ("stage", "cần --scene và --out (hoặc --list)"),
        ("worker nobody", "không có tiến trình nobody"),
    ],
)
def test_what_is_typed_wrong_is_said_in_both_languages(line, vi, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MATPHO_HOME", str(tmp_path / "home"))
    with pytest.raises(SystemExit) as ended:
        main(line.split())
    assert ended.value.code == 2
    said, en = capsys.readouterr().err.splitlines()[-2:]
    assert said.startswith("Lỗi: Câu lệnh chưa đúng: ")
    assert vi in said
    assert en.startswith("Error: ")
    assert not re.search(r"\b(is|not|valid|Missing|Got|requires|does)\b", said)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_terminal_that_lacks_our_letters_still_shows_the_help(encoding):
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "80", "LC_ALL": "C"}
    command = [sys.executable, "-m", "matpho.cli.main", "run", "--help"]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    page = done.stdout.decode(encoding)
    assert "Run the ward's system" in page
    assert ("Chạy hệ thống" in page) is (encoding == "utf-8")


@pytest.mark.usefixtures("fresh")
def test_a_group_alone_shows_its_help_and_no_error(capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for words in ([], ["cameras"]):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2
        told = capsys.readouterr().err
        assert told.startswith("Cách dùng / Usage: matpho")
        assert "Lỗi" not in told
