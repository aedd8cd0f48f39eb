"""Publish everything that the demo shows, leaving out what is published already."""

import runpy
from pathlib import Path

import ca_fires
from artifolio import Artifact

FIRST_STEPS = {
    "irregular-data": "irregular_data.py",
    "fire-list-history": "link_text.py",
    "bread-sales": "weekly_report.py",
    "customers-to-contact": "customers_table.py",
    "nightly-import": "import_progress.py",
    "churn-model-settings": "settings_file.py",
}
"""The small programs, by the key that each publishes."""


def main() -> None:
    """Run every example that has something left to publish."""
    print(f"ca-fires: {ca_fires.main()} snapshots published")
    folder = Path(__file__).parent / "first_steps"
    for key, program in FIRST_STEPS.items():
        if Artifact.get(key) is None:
            runpy.run_path(str(folder / program), run_name="__main__")
            print(f"{key}: published by {program}")
        else:
            print(f"{key}: there already")


if __name__ == "__main__":
    main()
