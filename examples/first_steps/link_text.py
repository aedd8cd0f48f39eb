"""A link with words of its own, published outside any run."""

from artifolio import create_link_artifact

if __name__ == "__main__":
    create_link_artifact(
        link="https://github.com/simonw/ca-fires-history",
        link_text="The history of California's fire list",
        key="fire-list-history",
        description="A git repository that keeps every state of the list. The fires here are its.",
        tags=["wildfire"],
    )
