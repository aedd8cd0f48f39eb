"""A progress that moves while a job works: one version, updated in place."""

from artifolio import create_progress_artifact, flow, update_progress_artifact

BATCHES = 8


@flow
def nightly_import() -> None:
    """Import batch after batch and say how far it has come."""
    progress = create_progress_artifact(0, key="nightly-import", description="Starting …")
    for batch in range(1, BATCHES + 1):
        # A real job would load the batch here.
        update_progress_artifact(
            progress, 100 * batch / BATCHES, description=f"Batch {batch} of {BATCHES} is in."
        )


if __name__ == "__main__":
    nightly_import()
