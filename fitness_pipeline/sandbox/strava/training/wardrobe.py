"""What the athlete wore when: shoes that follow each other, and two bikes."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from fitness_pipeline.sandbox.serving.chance import pick
from fitness_pipeline.sandbox.strava.gear import Gear

Use = Literal["road", "trail", "race", "bike"]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Gear, and from when to when it was used, in progress through the history; None for until today."""

    use: Use
    begin: float
    end: float | None
    brand: str
    model: str
    nickname: str = ""
    description: str | None = None
    is_retired: bool = True
    is_deleted: bool = False


_PIECES = (
    _Piece("bike", 0.00, 0.45, "Trek", "FX 3", "Commuter"),
    _Piece("road", 0.04, 0.14, "Brooks", "Ghost 8"),
    _Piece("road", 0.12, 0.27, "Asics", "Gel-Nimbus 18", is_retired=False),
    _Piece("trail", 0.15, 0.55, "Salomon", "Speedcross 4", description="Half a size up."),
    _Piece("road", 0.25, 0.38, "Nike", "Pegasus 34", "the blue ones"),
    _Piece("race", 0.30, 0.65, "Nike", "Zoom Fly", is_retired=False),
    _Piece("road", 0.36, 0.50, "Brooks", "Ghost 11", description="Chicago 2019"),
    _Piece("bike", 0.40, None, "Specialized", "Diverge"),
    _Piece("road", 0.48, 0.60, "Hoka", "Clifton 6", is_deleted=True),
    _Piece("trail", 0.52, None, "Hoka", "Speedgoat 5"),
    _Piece("road", 0.58, 0.72, "Saucony", "Ride 14"),
    _Piece("race", 0.62, None, "Saucony", "Endorphin Pro 3", "🚀"),
    _Piece("road", 0.70, 0.87, "Brooks", "Ghost 14"),
    _Piece("road", 0.85, None, "Brooks", "Ghost 14", "second pair"),
)


def compose_gear(progress: float) -> list[Gear]:
    """Return the gear that Strava knows; activities name some besides that was deleted.

    Args:
        progress: through the history; what was not bought yet is not there.
    """
    kept = [
        (number, piece)
        for number, piece in enumerate(_PIECES)
        if piece.begin <= progress and not piece.is_deleted
    ]
    newest = {piece.use: number for number, piece in kept}
    return [
        Gear(
            id=_gear_id(number),
            brand=piece.brand,
            model=piece.model,
            nickname=piece.nickname,
            description=piece.description,
            is_retired=piece.is_retired and piece.end is not None and piece.end < progress,
            is_primary=piece.use in ("road", "bike") and newest[piece.use] == number,
        )
        for number, piece in kept
    ]


def choose(random: Random, use: Use, progress: float) -> str | None:
    """Return the id of what is used, or None when there is nothing for it yet.

    Args:
        random: chooses while one piece follows another.
        use: what for.
        progress: through the history.
    """
    fitting = [
        number
        for number, piece in enumerate(_PIECES)
        if piece.use == use and piece.begin <= progress and (piece.end is None or progress <= piece.end)
    ]
    return _gear_id(pick(random, fitting)) if fitting else None


def _gear_id(number: int) -> str:
    """Return an id like Strava's, which grow with time."""
    letter = "b" if _PIECES[number].use == "bike" else "g"
    return f"{letter}{1_482_133 + int(_PIECES[number].begin * 24_000_000) + number * 7}"
