"""A file, kept beside its record as it is."""

import json
import tempfile
from pathlib import Path

from artifolio import create_file_artifact

SETTINGS = {"model": "gradient boosting", "trees": 400, "depth": 6, "learning_rate": 0.05}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "churn-model.json"
        path.write_text(json.dumps(SETTINGS, indent=2) + "\n")
        create_file_artifact(
            path,
            key="churn-model-settings",
            description="The settings that the churn model was trained with.",
            tags=["churn"],
        )
