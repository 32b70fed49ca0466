class PaginationParameters:
    """Which page of a list is asked for; whoever answers says how many rows there are."""

    page: int
    page_size: int
    first_item: int
    item_count: int | None
