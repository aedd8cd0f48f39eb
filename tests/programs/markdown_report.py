"""A task publishes a report with an aligned table."""

from artifolio import create_markdown_artifact, flow, task


@task(name="Write the report")
def write_report(revenue: float) -> None:
    report = f"""# Revenue of July

## Summary

All regions but one grew; the north pays for the new warehouse.

## Per region

| Region        | Revenue |
|:--------------|--------:|
| North         |  {revenue * 0.25:,.2f} € |
| South         |  {revenue * 0.75:,.2f} € |
"""
    create_markdown_artifact(
        key="revenue-report",
        markdown=report,
        description="Revenue per region",
    )


@flow()
def monthly_report() -> None:
    write_report(123456.8)


if __name__ == "__main__":
    monthly_report()
