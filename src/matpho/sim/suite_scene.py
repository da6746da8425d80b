"""One scene of the staged suite: its script, where it is staged, and what it is an example of."""

from dataclasses import dataclass

from matpho.sim.script import Script

BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteScene:
    """A script over a background.

    ``place`` names one of :mod:`matpho.sim.places.catalogue`, "" for the script's own view of the sample clip or, when
    ``drawn``, of the drawn street. ``alter`` is a degradation put on each picture, ``coded``: the pictures go through
    an encoder and a decoder first. ``closes``: the incident should end when the thing is taken.
    """

    script: Script
    family: str = BY_HAND
    place: str = ""
    drawn: bool = False
    alter: str = ""
    coded: bool = False
    closes: bool = False
