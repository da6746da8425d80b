"""The figures of the static-object model, in seconds and shares, with where each comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StaticSettings:
    """How patient and how sharp the model is. Times in seconds, areas as shares of the frame."""

    report_after_s: float = 6.0
    """How long a thing stands before it is told; rules ask for more."""

    watch_s: float = 2.0
    """How long it must have been watched in plain sight, in its present outline."""

    settle_s: float = 1.6
    """How long pixels rest before they are looked at as a thing: its imprint is taken then."""

    learn_s: float = 4.0
    """From how much of the start the empty scene is learned."""

    most_fps: float = 2.5
    """Frames beyond this rate are not analysed: at 5 the same things are found, for twice the price."""

    quiet_fps: float = 1.0
    """How often to look while nothing moves but something is at rest; half as often while nothing is."""

    smallest: float = 0.0003
    """Least area: 23 pixels at 320×240, about 10×10 at 640×480."""

    largest: float = 0.30

    working_px: int = 76_800
    """Pixels of the working picture: 320×240, 370×208, or 208×370 for a portrait."""

    learn_rate_per_s: float = 0.1
    """Share of a difference that the empty scene takes over in a second: ten seconds to follow."""

    changed_share: float = 0.5
    """More foreground than this is a change of the whole picture: a lamp, the infrared switch, a turned camera."""

    relearn_after_s: float = 2.0

    came_at_least: float = 0.06
    """What the outline must say for a thing, -1 to 1: 0.2 for a bag beside a cabinet on tiles, 0.5 for most things."""

    tiny: float = 0.001
    """Area below which an outline is a dozen pixels long …"""

    tiny_came_at_least: float = 0.2
    """… and must speak plainly: what the first seconds left of somebody's feet says 0.1."""

    went_at_most: float = -0.08
    """Below this the outline says that something of the empty scene has gone."""

    removed_at_most: float = -0.2
    """Below this the outline says plainly that something of the empty scene was taken away."""

    belonged_s: float = 60.0
    """How long a place must have looked the same before what goes from it was a part of the scene."""

    removed_told_s: float = 600.0
    """How long a removed thing is told; then the bare place is the scene."""

    same_structure: float = 0.6
    """Correlation of gradients above which it is the ground in another light (people and bags: below 0.5)."""

    wide: float = 0.03
    """Area above which that is believed although others touch the outline: lamps and clouds, no thing on the ground."""

    same_moved: float = 0.8
    """Correlation with the empty scene some pixels away above which it has swayed."""

    clear_at_least: float = 0.7
    """Share of the outline that must have been free of others for a verdict."""

    restless_at_most: float = 0.045
    """Share of the thing that may change from picture to picture: bags 0.00 to 0.03, standing people 0.06 to 0.25."""

    hidden_at_most_s: float = 600.0
    """How long a told thing may be out of sight before it is given up."""
