"""A flow publishes a link that has words of its own."""

from artifolio import create_link_artifact, flow


@flow
def my_flow() -> None:
    create_link_artifact(
        key="my-important-link",
        link="https://example.org/dashboards/churn",
        link_text="Churn, by month",
    )


if __name__ == "__main__":
    my_flow()
