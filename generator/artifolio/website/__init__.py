"""Records to pages, pages to a site."""
