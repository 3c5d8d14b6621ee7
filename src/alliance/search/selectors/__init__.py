"""Reading from the index: searches, neighbours of a record, the home page, pages of problems."""

from alliance.search.selectors.finder import find, find_or_refuse, find_points
from alliance.search.selectors.hits import record_url
from alliance.search.selectors.home import home_context
from alliance.search.selectors.problems import problem_page
from alliance.search.selectors.related import related, related_by_meaning

__all__ = [
    "find",
    "find_or_refuse",
    "find_points",
    "home_context",
    "problem_page",
    "record_url",
    "related",
    "related_by_meaning",
]
