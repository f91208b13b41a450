"""`python -m fitness_pipeline.sandbox.mapmyfitness FOLDER` writes the exports that `data/sample` ships."""

import sys
from pathlib import Path

from fitness_pipeline.sandbox.mapmyfitness.samples import compose_samples


def main() -> None:
    """Write the samples into the folder that the command line names."""
    folder = Path(sys.argv[1])
    for name, text in compose_samples().items():
        (folder / name).write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
