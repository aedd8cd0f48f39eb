"""Two tasks of one flow publish links under the same key: two versions, one flow run."""

from artifolio import create_link_artifact, flow, task


@task
def check_meters() -> None:
    """Point at the readings that fell outside their limits."""
    create_link_artifact(
        "https://data.example.org/meters/2026-11/outliers.csv",
        key="irregular-data",
        description="## Meter readings outside their limits\n\n14 of 2,880, all of meter 7.",
    )


@task
def check_invoices() -> None:
    """Point at the invoices that have no order."""
    create_link_artifact(
        "https://data.example.org/invoices/2026-11/unmatched.csv",
        key="irregular-data",
        description="## Invoices without an order\n\n3 invoices, worth **€ 1,204** together.",
    )


@flow
def nightly_checks() -> None:
    """Run both checks."""
    check_meters()
    check_invoices()


if __name__ == "__main__":
    nightly_checks()
