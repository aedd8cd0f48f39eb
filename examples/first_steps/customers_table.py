"""A table from a list of dicts, published by a plain function. The customers are made up."""

from artifolio import create_table_artifact


def publish_customers() -> None:
    """Publish whom to call first."""
    customers = [
        {"customer": "Harbour Books", "last_order": "2026-06-02", "churn_risk": 0.91},
        {"customer": "Mill Road Bakery", "last_order": "2026-07-19", "churn_risk": 0.78},
        {"customer": "North Quay Cycles", "last_order": "2026-08-30", "churn_risk": 0.64},
        {"customer": "Old Tannery Studio", "last_order": "2026-09-11", "churn_risk": 0.52},
    ]
    create_table_artifact(
        customers,
        key="customers-to-contact",
        description="Customers who may leave us, the likeliest first. **Call them this week.**",
        tags=["churn"],
        metadata={"model": "v3"},
    )


if __name__ == "__main__":
    publish_customers()
