"""A report in Markdown, published from a task. The figures are made up."""

from artifolio import create_markdown_artifact, flow, task

REPORT = """\
# Bread sold in week {week}

**{total:,} loaves**, {change:+.1%} against the week before.

| Bread       | Loaves | Sold out by |
| :---------- | -----: | :---------: |
| Sourdough   |  1,310 |    11:40    |
| Rye         |    842 |    15:10    |
| Focaccia    |    415 |    12:05    |
| Seeded loaf |    398 | not at all  |

What to do next week:

- [ ] Bake 200 more **sourdough** on Saturday.
- [ ] Move the seeded loaf to the front shelf.
- [x] Order rye flour.

> Sourdough has now sold out before noon for three weeks in a row.
"""


@task
def report_sales(week: int, total: int, week_before: int) -> None:
    """Publish the report."""
    create_markdown_artifact(
        REPORT.format(week=week, total=total, change=total / week_before - 1),
        key="bread-sales",
        description="What the four shops sold, every Monday.",
        tags=["sales", "report"],
        metadata={"loaves": total},
    )


@flow(flow_run_name="week {week}")
def weekly_sales(week: int) -> None:
    """Report one week."""
    report_sales(week, total=2965, week_before=2840)


if __name__ == "__main__":
    weekly_sales(week=47)
