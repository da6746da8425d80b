"""What each rule at a zone goes by where nobody has set anything."""

from dataclasses import fields

from matpho.domain.camera import RULE_SETTINGS
from matpho.rules.table import ZONE_RULES


def defaults_of(kind: str) -> dict[str, float]:
    """The numbers of a kind's rule in the order in which a camera file names them; a kind without a rule has none."""
    rule = ZONE_RULES.get(kind)
    if rule is None:
        return {}
    told = {f.name: f.default for f in fields(rule.settings)}
    return {name: float(told[name]) for name in RULE_SETTINGS[kind]}  # type: ignore[arg-type]
