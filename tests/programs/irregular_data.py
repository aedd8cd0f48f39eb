"""Two tasks of one flow publish the links to what they kept aside."""

from artifolio import create_link_artifact, flow, task


@task
def check_first_batch() -> None:
    create_link_artifact(
        key="irregular-data",
        link="https://example.org/kept-aside/2026-08-01/first.csv",
        description="## Kept aside\n\nRows of the first batch without a postal code",
    )


@task
def check_second_batch() -> None:
    create_link_artifact(
        key="irregular-data",
        link="https://example.org/kept-aside/2026-08-01/second.csv",
        description="## Kept aside\n\nRows of the second batch with a negative amount",
    )


@flow
def nightly_check() -> None:
    check_first_batch()
    check_second_batch()


if __name__ == "__main__":
    nightly_check()
