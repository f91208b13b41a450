"""What Strava calls a sport, and what it called it before there were sport types."""

RUNNING = frozenset({"Run", "TrailRun", "VirtualRun"})
RIDING = frozenset(
    {"Ride", "GravelRide", "MountainBikeRide", "EBikeRide", "EMountainBikeRide", "VirtualRide"}
)

_OLDER_SPORTS = """
    AlpineSki BackcountrySki Canoeing Crossfit EBikeRide Elliptical Golf Handcycle Hike IceSkate InlineSkate
    Kayaking Kitesurf NordicSki Ride RockClimbing RollerSki Rowing Run Sail Skateboard Snowboard Snowshoe
    Soccer StairStepper StandUpPaddling Surfing Swim Velomobile VirtualRide VirtualRun Walk WeightTraining
    Wheelchair Windsurf Workout Yoga
"""
_TYPES = frozenset(_OLDER_SPORTS.split())
_TYPES_OF_NEWER_SPORTS = {
    "TrailRun": "Run",
    "GravelRide": "Ride",
    "MountainBikeRide": "Ride",
    "EMountainBikeRide": "EBikeRide",
}


def legacy_type(sport_type: str) -> str:
    """Return the field `type` of an activity: the closed list from before there were sport types.

    A trail run is a "Run" there (seen in recorded replies); a sport that the Strava API description does
    not list is taken to be a "Workout".
    """
    if sport_type in _TYPES:
        return sport_type
    return _TYPES_OF_NEWER_SPORTS.get(sport_type, "Workout")
