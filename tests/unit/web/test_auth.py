import pytest
from argon2 import PasswordHasher, extract_parameters

from matpho.errors import BadInput
from matpho.web.auth import HashCost, Passwords, check_password, csrf_for, new_token, same, token_hash

pytestmark = pytest.mark.unit


def test_the_default_is_argon2id_at_the_rfc_9106_low_memory_setting():
    kept = Passwords().hash("một câu thật dài")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_password_fits_only_itself():
    passwords = Passwords(HashCost(passes=1, memory_kib=64, lanes=1))
    kept = passwords.hash("mật khẩu dài")
    assert passwords.verify(kept, "mật khẩu dài")
    assert not passwords.verify(kept, "mật khẩu dàii")
    assert not passwords.verify("no hash at all", "mật khẩu dài")
    assert not passwords.verify(None, "mật khẩu dài")
    assert Passwords(HashCost(passes=2, memory_kib=64, lanes=1)).outdated(kept)


def test_an_unknown_person_costs_the_same_work(monkeypatch):
    """One whole Argon2id run with the same parameters: the time itself would tell more of the machine than of us."""
    passwords = Passwords(HashCost(passes=3, memory_kib=1024, lanes=2))
    kept = passwords.hash("mật khẩu dài")
    run, verify = [], PasswordHasher.verify

    def watched(hasher, against, guess):
        run.append((extract_parameters(against), guess))
        return verify(hasher, against, guess)

    monkeypatch.setattr(PasswordHasher, "verify", watched)
    assert not passwords.verify(kept, "guess")
    assert not passwords.verify(None, "guess")
    known, unknown = run
    assert known == unknown


@pytest.mark.parametrize("weak", ["", "ngan", "a" * 201, "aaaaaaaaaaaa", "Nguyen.Van.A"])
def test_weak_passwords_are_refused(weak):
    with pytest.raises(BadInput):
        check_password(weak, "nguyen.van.a")


def test_a_long_sentence_is_a_password():
    check_password("trâu ơi ta bảo trâu này", "lan")


def test_tokens_are_long_and_kept_as_hashes_only():
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43
    token = tokens.pop()
    assert token not in token_hash(token)
    assert csrf_for(token) != csrf_for(new_token())
    assert token not in csrf_for(token)


def test_comparison_takes_any_text():
    assert same("á", "á")
    assert not same("á", "a\udc80")
