"""What each page shows: plain data with every address ready and every value already shown.

A page is `render(page, shell)` (`templating`): `Shell` is the frame around it and the reader's
settings. Nothing here reads a store, a plan or a request.
"""

from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

from markupsafe import Markup

from runtime.web.widgets import NOTHING, Field, Grid, Option

Tone = Literal["neutral", "ok", "warn", "danger", "info"]
Theme = Literal["auto", "light", "dark"]
Style = Literal["primary", "plain", "danger"]


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its icon (a name of the sprite); `current` is where the reader is."""

    label: str
    href: str
    icon: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class NavEntry:
    """An entity in the navigation: `mark` is one or two characters, `hue` 0 to 7 their colour."""

    label: str
    href: str
    mark: str
    hue: int
    current: bool = False
    create_href: str = ""
    count_text: str = ""


@dataclass(frozen=True, slots=True)
class NavArea:
    """One app: its entities and its reports."""

    label: str
    entities: tuple[NavEntry, ...] = ()
    reports: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Navigation:
    """Where somebody can go; one object for all who can go to the same places."""

    areas: tuple[NavArea, ...] = ()


NOWHERE = Navigation()


@dataclass(frozen=True, slots=True)
class Toast:
    """A status said once after an act, for instance "Saved"; never an error."""

    text: str
    tone: Tone = "ok"


@dataclass(frozen=True, slots=True)
class OverlayFault:
    """One fault of the app's text: `source` is the line, `caret` the marks below it; `fix` says
    the way out, and `fixed` are the lines as they would be."""

    code: str
    message: str
    place: str
    line_number: int
    source: str
    caret: str
    label: str = ""
    help: str = ""
    fix: str = ""
    fixed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DevOverlay:
    """Shown over the page in development while the text does not compile, or the database cannot
    follow it (`refused`)."""

    faults: tuple[OverlayFault, ...]
    refused: bool = False
    more: int = 0


SOMEBODY = "…"
SYSTEM_PATHS = frozenset({"/", "/inbox"})
"""The pages that every frame leads to and marks."""


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of every page: who reads, in which language, and where they can go.

    `reader` is empty before sign-in, which leaves navigation and menus out. `dev_events` is the
    address of the event stream in development. `create` is what the key `c` and the phone's bar do;
    a list shows it itself on wider screens.
    """

    language: str
    workspace: str
    csrf: str = ""
    theme: Theme = "auto"
    reader: str = ""
    reader_detail: str = ""
    is_admin: bool = False
    navigation: Navigation = NOWHERE
    path: str = "/"
    unread: int = 0
    create: Link | None = None
    toasts: tuple[Toast, ...] = ()
    dev_events: str = ""
    overlay: DevOverlay | None = None
    demo: bool = False

    def only_person(self) -> "Shell":
        """What of the frame is this person's alone, wherever they are."""
        return Shell(
            self.language,
            "",
            self.csrf,
            reader=self.reader,
            reader_detail=self.reader_detail,
            is_admin=self.is_admin,
        )

    def without_person(self) -> "Shell":
        """The frame as it is for everybody who can go to the same places: without what is this
        person's or this answer's alone."""
        return replace(
            self,
            reader=self.reader and SOMEBODY,
            reader_detail="",
            is_admin=False,
            csrf="",
            path=self.path if self.path in SYSTEM_PATHS else "",
            toasts=(),
            overlay=None,
        )


@dataclass(frozen=True, slots=True)
class Badge:
    """A state or choice: its label and the class of its colour (`cells.tone_class`)."""

    label: str
    tone: str = "gray"


@dataclass(frozen=True, slots=True)
class Action:
    """A button. `get` leads to a page or dialog, `post` acts at once.

    `why_not` keeps the button and says which condition is unmet.
    """

    label: str
    href: str
    method: Literal["get", "post"] = "post"
    style: Style = "plain"
    why_not: str = ""
    dialog: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A demo user offered at sign-in."""

    name: str
    email: str
    roles: str


# --- signing in ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignInPage:
    template: ClassVar[str] = "sign_in.html"
    action: str
    next: str = "/"
    email: str = ""
    error: str = ""
    demo_people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class BootstrapPage:
    """The form behind a one-time link: the first admin, or an invited person."""

    template: ClassVar[str] = "bootstrap.html"
    action: str
    fields: tuple[Field, ...]
    invited: bool = False
    error: str = ""


# --- home and inbox -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of the inbox; times are shown text and ISO text."""

    id: str
    text: str
    when: str
    when_iso: str
    href: str = ""
    subject: str = ""
    read: bool = False
    read_action: str = ""


@dataclass(frozen=True, slots=True)
class RecentRecord:
    title: str
    href: str
    entity: str
    mark: str
    hue: int
    when: str
    state: Badge | None = None


@dataclass(frozen=True, slots=True)
class HomePage:
    template: ClassVar[str] = "home.html"
    greeting: str
    notices: tuple[Notice, ...] = ()
    recent: tuple[RecentRecord, ...] = ()
    first_steps: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class InboxPage:
    template: ClassVar[str] = "inbox.html"
    tabs: tuple[Link, ...]
    notices: tuple[Notice, ...]
    read_all_action: str = ""
    older_href: str = ""
    showing_unread: bool = True


# --- lists --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a table column; `sorted` is its `aria-sort`, empty when it cannot sort."""

    label: str
    numeric: bool = False
    sort_href: str = ""
    sorted: Literal["", "none", "ascending", "descending"] = ""
    css: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `body` are its rows from `rows.row_function`, `foot` an optional totals row."""

    caption: str
    headings: tuple[Heading, ...]
    body: Markup
    foot: Markup = NOTHING
    cards: bool = True


@dataclass(frozen=True, slots=True)
class FilterEditor:
    """The small form that adds a filter: it sends `filter`, `op` and `value`."""

    field: str
    label: str
    operators: tuple[Option, ...]
    input: Field


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, in words, with the address without it."""

    label: str
    operator: str
    value: str
    remove_href: str


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    key: str
    label: str
    shown: bool
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list. `keep` are the query parameters that its small GET forms carry along.

    `never_used` tells the empty list of a new entity from a filter without a match.
    """

    template: ClassVar[str] = "list.html"
    title: str
    path: str
    table: Table
    empty: bool = False
    never_used: bool = False
    about: str = ""
    count_text: str = ""
    create_href: str = ""
    search: str = ""
    searchable: bool = True
    search_hint: str = ""
    chips: tuple[Chip, ...] = ()
    filters: tuple[FilterEditor, ...] = ()
    clear_href: str = ""
    columns: tuple[ColumnChoice, ...] = ()
    keep: tuple[tuple[str, str], ...] = ()
    keep_without_search: tuple[tuple[str, str], ...] = ()
    keep_without_columns: tuple[tuple[str, str], ...] = ()
    sorts: tuple[Link, ...] = ()
    previous_href: str = ""
    next_href: str = ""
    range_text: str = ""
    sizes: tuple[Link, ...] = ()


# --- records ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """A field with its value as shown."""

    label: str
    value: Markup
    wide: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    fields: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """Records that belong to this one: owned lines, or the other side of a reference."""

    id: str
    title: str
    table: Table | None
    count_text: str = ""
    create_href: str = ""
    all_href: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    label: str
    old: Markup
    new: Markup


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One act on the record, newest first; `source` names the rule line that caused it."""

    who: str
    what: str
    when: str
    when_iso: str
    icon: str = "pencil"
    changes: tuple[Change, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class RecordPage:
    template: ClassVar[str] = "record.html"
    title: str
    entity: Link
    version: str
    key: str
    state: Badge | None = None
    facts: tuple[Shown, ...] = ()
    actions: tuple[Action, ...] = ()
    edit_href: str = ""
    delete_href: str = ""
    warnings: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    related: tuple[Related, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    older_history_href: str = ""


# --- forms --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FormSection:
    title: str
    fields: tuple[Field, ...] = ()
    grids: tuple[Grid, ...] = ()


@dataclass(frozen=True, slots=True)
class FormError:
    """A line of the summary; `input_id` is empty for what concerns the whole record."""

    text: str
    input_id: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class ConflictField:
    """A field both people changed; the choice is sent as `cw-choose.<name>`, `mine` or `theirs`."""

    name: str
    label: str
    mine: Markup
    theirs: Markup
    base: Markup


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody saved first. Fields only they changed are already in the form, with a `notice`."""

    who: str
    when: str
    fields: tuple[ConflictField, ...]
    taken_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form to create or change a record; `version` is empty for a new one."""

    template: ClassVar[str] = "form.html"
    title: str
    entity: Link
    action: str
    cancel_href: str
    key: str
    sections: tuple[FormSection, ...]
    version: str = ""
    errors: tuple[FormError, ...] = ()
    conflict: Conflict | None = None


@dataclass(frozen=True, slots=True)
class TransitionPage:
    """A step of a flow that asks something; also the content of its dialog."""

    template: ClassVar[str] = "transition.html"
    title: str
    subject: Link
    entity: Link
    action: str
    cancel_href: str
    version: str
    key: str
    submit: str
    before: Badge | None = None
    after: Badge | None = None
    confirm: str = ""
    danger: bool = False
    fields: tuple[Field, ...] = ()
    errors: tuple[FormError, ...] = ()


@dataclass(frozen=True, slots=True)
class DeletePage:
    """Asks before a record goes; `consequences` say what goes or is cleared with it."""

    template: ClassVar[str] = "delete.html"
    subject: Link
    entity: Link
    action: str
    cancel_href: str
    version: str
    key: str
    consequences: tuple[str, ...] = ()
    errors: tuple[FormError, ...] = ()


# --- reports ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report: `figure` from `chart.draw` (empty for a plain table), filters as on a list."""

    template: ClassVar[str] = "report.html"
    title: str
    path: str
    app: str
    about: str = ""
    figure: Markup = NOTHING
    table: Table | None = None
    parameters: tuple[Field, ...] = ()
    chips: tuple[Chip, ...] = ()
    filters: tuple[FilterEditor, ...] = ()
    keep: tuple[tuple[str, str], ...] = ()
    rows_href: str = ""
    as_of: str = ""
    empty: bool = False


# --- me and people ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MePage:
    template: ClassVar[str] = "me.html"
    action: str
    sign_out_action: str
    facts: tuple[Shown, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class UserRow:
    name: str
    email: str
    team: str
    roles: tuple[str, ...]
    active: bool
    edit_href: str
    invited: bool = False
    invite_action: str = ""


@dataclass(frozen=True, slots=True)
class UsersPage:
    template: ClassVar[str] = "users.html"
    users: tuple[UserRow, ...]
    create_href: str
    invitation: str = ""
    invitation_for: str = ""


@dataclass(frozen=True, slots=True)
class UserFormPage:
    template: ClassVar[str] = "user_form.html"
    title: str
    action: str
    cancel_href: str
    key: str
    fields: tuple[Field, ...]
    version: str = ""
    errors: tuple[FormError, ...] = ()


# --- what went wrong ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """`status` picks the words; `reason` adds the app's own, `error_id` names a server error."""

    template: ClassVar[str] = "error.html"
    status: Literal[400, 401, 403, 404, 405, 409, 410, 413, 422, 500]
    reason: str = ""
    error_id: str = ""
    way_out: Link | None = None
    details: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class OptionsFragment:
    """The answer to a combobox; only ids and texts the reader may read, at most `limit`."""

    template: ClassVar[str] = "options.html"
    options: tuple[Option, ...]
    query: str = ""
    more: bool = False


Page = (
    SignInPage
    | BootstrapPage
    | HomePage
    | InboxPage
    | ListPage
    | RecordPage
    | FormPage
    | TransitionPage
    | DeletePage
    | ReportPage
    | MePage
    | UsersPage
    | UserFormPage
    | ErrorPage
)
