"""Which MapMyFitness activities are runs."""

from fitness_pipeline.models import RunType

# MapMyFitness export, as seen in public files. Other activity types are kept raw and make no run.
RUN_TYPES: dict[str, RunType] = {"Run": "Outdoor Run", "Indoor Run / Jog": "Treadmill Run"}

_BY_LOWER_CASE = {name.lower(): kind for name, kind in RUN_TYPES.items()}


def run_type(activity_type: str) -> RunType | None:
    """Return the type of run that an activity is, or None when it is no run.

    Args:
        activity_type: the cell, in any case and with any spaces around it: no other type of the vendor
            comes close.
    """
    return _BY_LOWER_CASE.get(activity_type.strip().lower())
