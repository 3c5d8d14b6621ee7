"""Tasks and notifications: what waits for a person, a team or a role, since when and until when.

Each app has a module `waiting` with a tuple `PROVIDERS`; each provider names the actions that its
records wait for, and queries those records. Pages, emails and the digest read all apps through
`items`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import chain
from typing import Any, NamedTuple, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    Expression,
    F,
    Field,
    IntegerField,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.functional import Promise

from alliance.core import rooms

#: How long news are shown.
NEWS_FOR = dt.timedelta(days=14)


@dataclass(frozen=True)
class Asked:
    """The people, teams and roles whose items are queried, as of `at`; None means all.

    `people`: primary keys of accounts; `teams`: public ids of the teams they are editors of;
    `roles`: their network-wide roles.
    """

    at: dt.datetime
    people: Collection[int] | None = None
    teams: Collection[str] | None = None
    roles: Collection[str] | None = None

    def of_team(self, column: str) -> Q:
        """The condition that a column with the public id of a team is in `teams`."""
        return Q() if self.teams is None else Q(**{f"{column}__in": list(self.teams)})

    def has_role(self, role: str) -> bool:
        """Whether `role` is among the roles."""
        return self.roles is None or role in self.roles


@dataclass(frozen=True)
class Turn:
    """Who has to act: a person (by primary key), the editors of a team, or everyone with a role.

    People in `not_people` and members of `not_teams` are excluded from those with the role.
    """

    person: int | None = None
    team: str = ""
    role: str = ""
    not_teams: frozenset[str] = frozenset()
    not_people: frozenset[int] = frozenset()

    def holds(
        self,
        person: int | None,
        *,
        writes_for: Collection[str],
        roles: Collection[str],
        teams: Collection[str],
    ) -> bool:
        """Whether a person with these roles, who belongs to `teams`, has to act."""
        if self.person is not None:
            return self.person == person
        if self.team:
            return self.team in writes_for
        return (
            self.role in roles
            and person not in self.not_people
            and self.not_teams.isdisjoint(teams)
        )


@dataclass(frozen=True)
class Waiting:
    """A record that waits for an action.

    `titles` and `notes` map languages to texts, the original language first; they may be empty.
    `by`: the due date, None without one. `n`: how many people are needed; `is_untaken`: whether
    nobody has started. `route` and `args` lead to the page of the action.
    """

    kind: str
    public_id: str
    turn: Turn
    since: dt.datetime
    route: str
    args: tuple[str | int, ...] = ()
    by: dt.date | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    n: int = 1
    is_untaken: bool = False

    @property
    def url(self) -> str:
        """The address of the page of the action in the active language."""
        return reverse(self.route, args=self.args)

    @property
    def label(self) -> str | Promise:
        """The label of the action."""
        return labels()[self.kind]

    @property
    def is_news(self) -> bool:
        """Whether it is only a notification, without an action."""
        return self.kind in _news()

    def is_late(self, at: dt.datetime) -> bool:
        """Whether it is overdue."""
        return self.by is not None and self.by < at.date()


@dataclass(frozen=True)
class Provider:
    """What waits in one app: the labels of its actions by code, and `read`, which queries the
    records in a fixed number of queries (none if nobody asked for could have to act).

    `reads`: the querysets that `read` receives as rows; those of all apps are read in one query.
    Without it `read` queries the database itself.
    `news`: labels by code of notifications, which need no action and are shown for `NEWS_FOR`.
    `letters`: the emails that the app itself sends, by name, with the code of the action or news.
    `roles`: the network-wide role that alone has to act, by code; `of_people`: codes that can
    concern any account, `of_members` any member of a team. All other codes concern teams.
    """

    acts: Mapping[str, str | Promise]
    read: Callable[..., Iterable[Waiting]]
    letters: Mapping[str, str] = field(default_factory=dict)
    news: Mapping[str, str | Promise] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    of_people: frozenset[str] = frozenset()
    of_members: frozenset[str] = frozenset()
    reads: Reads | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of actions and news."""
        return (*self.acts, *self.news)


@cache
def providers() -> tuple[Provider, ...]:
    """The providers of all apps, those of the lowest layer first."""
    # This module has the same name, and declares no providers.
    declared = [getattr(room, "PROVIDERS", ()) for room in rooms.modules("waiting")]
    return tuple(chain(*declared))


@cache
def letters() -> Mapping[str, str]:
    """The code of the action or news by the name of the email about it."""
    return {name: act for provider in providers() for name, act in provider.letters.items()}


@cache
def _news() -> frozenset[str]:
    return frozenset(code for provider in providers() for code in provider.news)


@cache
def labels() -> Mapping[str, str | Promise]:
    """The labels of actions and news by code."""
    return {
        code: label
        for provider in providers()
        for code, label in (*provider.acts.items(), *provider.news.items())
    }


def kinds_for(roles: Collection[str], *, of_teams: bool, of_members: bool) -> frozenset[str]:
    """The codes of what may wait for people with these network-wide roles.

    `of_teams`: include what waits for teams; `of_members`: include what waits for members.
    """
    return frozenset(
        code
        for provider in providers()
        for code in (*provider.acts, *provider.news)
        if code in provider.of_people
        or (of_members and code in provider.of_members)
        or (
            (code not in provider.of_members)
            and (provider.roles[code] in roles if code in provider.roles else of_teams)
        )
    )


def items(asked: Asked, *acts: str) -> Iterator[Waiting]:
    """What waits for those asked for: for any action, or only for `acts`."""
    selected = [
        provider for provider in providers() if not acts or not set(acts).isdisjoint(provider.codes)
    ]
    rows: dict[str, list[Row]] = {}
    for row in rows_of(asked, *(provider.reads for provider in selected if provider.reads)):
        rows.setdefault(row.kind, []).append(row)
    for provider in selected:
        own = [row for code in provider.codes for row in rows.get(code, ())]
        read = provider.read(asked, own) if provider.reads else provider.read(asked)
        yield from (item for item in read if not acts or item.kind in acts)


class Row(NamedTuple):
    """A record as the combined query returns it, whichever table it comes from.

    Columns that a table lacks are empty. `part`: further argument of the address besides the id;
    `day`: the start of `since` if no moment is recorded. Titles and notes are in `language` and
    `note_language`, English if these are empty; other languages have columns of their own.
    """

    kind: str
    public_id: str
    team: str
    part: str
    since: dt.datetime | None
    day: dt.date | None
    by: dt.date | None
    language: str
    title: str
    title_en: str
    title_fr: str
    title_sv: str
    note_language: str
    note: str
    note_fr: str
    note_sv: str

    @property
    def titles(self) -> dict[str, str]:
        """The title by language, the original first."""
        title = self.title or getattr(self, f"title_{self.language or 'en'}")
        return _words(self.language, title, en=self.title_en, fr=self.title_fr, sv=self.title_sv)

    @property
    def notes(self) -> dict[str, str]:
        """The note by language, the original first."""
        return _words(self.note_language, self.note, fr=self.note_fr, sv=self.note_sv)


def _words(language: str, text: str, **others: str) -> dict[str, str]:
    if not text:
        return {code: words for code, words in others.items() if words}
    if not language:
        # A name is used in every language that has no version of its own.
        return {"en": text} | {code: words or text for code, words in others.items()}
    return {language: text} | {code: words for code, words in others.items() if words}


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())


#: Typed, because a database cannot infer the type of NULL or an empty text.
_EMPTY: Mapping[str, Expression] = {
    "since": Cast(Value(None), DateTimeField()),
    "day": Cast(Value(None), DateField()),
    "by": Cast(Value(None), DateField()),
}


class _AskedValue(Expression):
    """A value that is taken from `Asked` when the query runs, not when it is built."""

    def __init__(self, of: Callable[[Asked], Any], output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.of = of

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", (self,)

    def __add__(self, span: Any) -> Any:
        return _AskedValue(lambda asked: self.of(asked) + span, self.output_field)

    def __sub__(self, span: Any) -> Any:
        return self + -span

    def date(self) -> _AskedValue:
        return _AskedValue(lambda asked: self.of(asked).date(), DateField())


#: The records to read for those asked for: (action, queryset, expressions by column). What is
#: compared with `at`, people and teams is filled in when the query runs.
Reads = Callable[[Asked], Iterable[tuple[str, QuerySet[Any], Mapping[str, Any]]]]


def rows_of(asked: Asked, *reads: Reads) -> Iterator[Row]:
    """Read the records of several tables in one query; no query if `reads` name no records.

    The query is built once for each number of people and teams and set of roles: a union of dozens
    of parts takes longer to build than to run.
    """
    snapshot = replace(
        asked,
        people=None if asked.people is None else tuple(asked.people),
        teams=None if asked.teams is None else tuple(asked.teams),
    )
    built = _built(
        reads,
        None if snapshot.people is None else len(snapshot.people),
        None if snapshot.teams is None else len(snapshot.teams),
        None if asked.roles is None else frozenset(asked.roles),
    )
    if built is None:
        return
    sql, params = built
    converters = [
        (Row._fields.index(name), converter)
        for name, column in _EMPTY.items()
        for converter in (
            *connection.ops.get_db_converters(column),
            *column.get_db_converters(connection),
        )
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            [
                param.output_field.get_db_prep_value(param.of(snapshot), connection)
                if isinstance(param, _AskedValue)
                else param
                for param in params
            ],
        )
        rows = cursor.fetchall()
    for values in rows:
        row = list(values)
        for place, convert in converters:
            row[place] = convert(row[place], None, connection)
        yield Row._make(row)


@lru_cache(maxsize=256)
def _built(
    reads: tuple[Reads, ...],
    n_people: int | None,
    n_teams: int | None,
    roles: frozenset[str] | None,
) -> tuple[str, tuple[Any, ...]] | None:
    def each(n: int | None, name: str, field: Field[Any, Any]) -> Any:
        def nth(place: int) -> _AskedValue:
            return _AskedValue(lambda asked: getattr(asked, name)[place], field)

        return None if n is None else tuple(map(nth, range(n)))

    parts = []
    to_come = Asked(
        cast(Any, _AskedValue(lambda asked: asked.at, DateTimeField())),
        people=each(n_people, "people", IntegerField()),
        teams=each(n_teams, "teams", CharField()),
        roles=roles,
    )
    for kind, records, columns in chain.from_iterable(read(to_come) for read in reads):
        expressions: dict[str, Any] = {"public_id": "public_id", **columns, "kind": _text(kind)}
        of_row = [expressions.get(name) or _EMPTY.get(name) or _text("") for name in Row._fields]
        parts.append(
            records.order_by().values_list(
                *(
                    F(expression) if isinstance(expression, str) else expression
                    for expression in of_row
                )
            )
        )
    if not parts:
        return None
    first, *others = parts
    query = (first.union(*others, all=True) if others else first).query
    try:
        sql, params = query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return None
    return sql, tuple(params)


def urgency(item: Waiting) -> tuple[Any, ...]:
    """The sort key of a list: by due date, then the longest waiting."""
    return (item.by is None, item.by or dt.date.max, item.since, item.public_id)


def start_of(day: dt.date) -> dt.datetime:
    """Midnight (UTC) of a day, from which something waits."""
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
