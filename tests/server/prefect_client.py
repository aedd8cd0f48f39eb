"""What a user of Prefect 3 does with artifacts; run by Prefect's own Python, tells it as JSON."""

from __future__ import annotations

import asyncio
import json
import warnings
from typing import Any

from prefect.artifacts import (
    Artifact,
    acreate_markdown_artifact,
    create_image_artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    ArtifactCollectionFilter,
    ArtifactCollectionFilterKey,
    ArtifactFilter,
    ArtifactFilterKey,
    ArtifactFilterType,
)
from prefect.client.schemas.sorting import ArtifactCollectionSort, ArtifactSort
from prefect.exceptions import ObjectNotFound

# That it is outside of a flow, for which Prefect would need more of a server.
warnings.simplefilter("ignore", FutureWarning)


def create() -> dict[str, str]:
    """Create one of each type."""
    rows = [{"city": "Bonn", "loss": 0.5}, {"city": "Köln", "loss": float("nan")}]
    ids = {
        "link": create_link_artifact("https://example.org/x", "the x", key="a-link"),
        "bare": create_link_artifact("https://example.org/y", key="a-bare"),
        "text": create_markdown_artifact("# Hello", key="a-text", description="words"),
        "table": create_table_artifact(rows, key="a-table"),
        "progress": create_progress_artifact(10.0, key="a-progress"),
        "image": create_image_artifact("https://example.org/p.png", key="an-image"),
    }
    update_progress_artifact(ids["progress"], 55.0)
    return {name: str(found) for name, found in ids.items()}


def told(artifact: Any) -> dict[str, Any] | None:
    """Return an artifact as Prefect's client read it."""
    return None if artifact is None else artifact.model_dump(mode="json")


async def read(ids: dict[str, str]) -> dict[str, Any]:
    """Read with the client, and delete."""
    async with get_client() as client:
        found = await client.read_artifacts(
            artifact_filter=ArtifactFilter(
                key=ArtifactFilterKey(like_="a-"), type=ArtifactFilterType(not_any_=["table"])
            ),
            sort=ArtifactSort.KEY_ASC,
            limit=3,
        )
        latest = await client.read_latest_artifacts(
            artifact_filter=ArtifactCollectionFilter(
                key=ArtifactCollectionFilterKey(any_=["a-progress", "a-link"])
            ),
            sort=ArtifactCollectionSort.KEY_DESC,
        )
        await client.delete_artifact(ids["image"])
        try:
            await client.delete_artifact(ids["image"])
        except ObjectNotFound:
            is_gone = True
        else:
            is_gone = False
        await acreate_markdown_artifact("second", key="a-text")
        return {
            "found": [told(one) for one in found],
            "latest": [told(one) for one in latest],
            "is_gone": is_gone,
        }


def main() -> None:
    """Do all of it."""
    ids = create()
    own, is_created = Artifact.get_or_create(key="own", description="d", data={"x": [1, None]})
    again, is_created_again = Artifact.get_or_create(key="own", data="other")
    result = {
        "ids": ids,
        "get": told(Artifact.get("a-text")),
        "nothing": told(Artifact.get("nothing")),
        "own": told(own),
        "again": told(again),
        "created": [is_created, is_created_again],
        **asyncio.run(read(ids)),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
