"""Commands about letters, carried out in the desk's one transaction."""

from dataclasses import replace

from matpho.casework.outgoing.commands import ResendLetter, SettleLetter, TidyOutbox, TryTarget
from matpho.casework.outgoing.records import LetterState
from matpho.casework.work import Work
from matpho.domain.people import Action, Part, require
from matpho.domain.time import after
from matpho.errors import Conflict, NotFound

KEPT_S = 7 * 86400.0
MOST_DEAD = 1000


def settle(work: Work, command: SettleLetter) -> None:
    """Store how an attempt went, unless the letter was laid aside in the meantime."""
    require(work.actor, Action.KEEP_HOUSE, Part.TARGETS)
    stored = work.unit.outbox.get(command.before.id)
    if stored is not None and stored.state is LetterState.WAITING and stored.tries == command.before.tries:
        work.unit.outbox.save(command.after)


def resend(work: Work, command: ResendLetter) -> None:
    """A letter that was given up becomes a new one with the same content behind all others."""
    require(work.actor, Action.CHANGE, Part.TARGETS)
    letter = work.unit.outbox.get(command.letter_id)
    if letter is None:
        raise NotFound("there is no such message", "không có thông báo này")
    if letter.state is not LetterState.DEAD:
        raise Conflict("this message was not given up", "thông báo này chưa bị bỏ")
    work.unit.outbox.add(letter.target, letter.kind, letter.body, work.at)
    work.unit.outbox.save(replace(letter, state=LetterState.SENT, error=""))
    work.audit("resend_letter", f"letter:{letter.id}", {"target": letter.target})


def try_target(work: Work, command: TryTarget) -> None:
    """Queue a message that says it is a test."""
    require(work.actor, Action.CHANGE, Part.TARGETS)
    body = {
        "text": {
            "vi": "Đây là tin thử của Mắt Phố. Không cần làm gì.",
            "en": "This is a test by Mắt Phố. There is nothing to do.",
        }
    }
    letter = work.unit.outbox.add(command.target, "test", body, work.at)
    work.audit("test_target", f"target:{command.target}", {"letter": letter.id})


def tidy(work: Work, command: TidyOutbox) -> None:
    """Forget what was delivered a week ago, and the oldest of a thousand that were given up."""
    del command
    require(work.actor, Action.KEEP_HOUSE, Part.TARGETS)
    work.unit.outbox.prune(after(work.at, -KEPT_S), MOST_DEAD)
