"""A plain function publishes a table; there is no flow anywhere."""

from artifolio import create_table_artifact


def publish_customers() -> None:
    at_risk = [
        {"customer_id": "12345", "name": "Ada Miller", "churn_probability": 0.85},
        {"customer_id": "56789", "name": "Bo Jönsson", "churn_probability": 0.65},
    ]

    create_table_artifact(
        key="personalized-reachout",
        table=at_risk,
        description="# Please reach out to these customers today",
    )


if __name__ == "__main__":
    publish_customers()
