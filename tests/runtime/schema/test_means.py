"""What this runtime does not carry out is refused in words, and never left out."""

from __future__ import annotations

import pytest

from runtime.schema.means import insist_on_means
from runtime.schema.refusal import Refused
from stdlib.library import STANDARD
from tests.support.apps import shop

BASE = """
role Sales

entity Lead
  name: text(40) required
  phone: phone unique
  email: email
  owner -> User
  due: date required
  access
    everyone read
"""

BEYOND = {
    "+ workdays": """
calendar office
  hours mon..fri 09:00..17:00

rule soon on Lead created
  do
    due = today() + 2 workdays
""",
    "at": """
rule remind on Lead
  at 3 days before due
  do
    notify owner "{name}"
""",
    "every": """
rule remind on Lead
  every monday
  do
    notify owner "{name}"
""",
    "when … now()": """
rule remind on Lead
  when due < today()
  do
    notify owner "{name}"
""",
    "email": """
mail hello on Lead
  subject "Hello"
  body "Hello {name}"

rule greet on Lead created
  do
    for i in 1..2
      email this using hello
""",
    "via": """
rule greet on Lead created
  do
    notify owner "{name}" via inbox, email
""",
    "call": """
connect chat using std.wecom

rule greet on Lead created
  do
    call chat.group(text: "{name}")
""",
    "connect": """
connect chat using std.wecom
""",
    "print": """
print card on Lead
  fields name
""",
    "form": """
form TalkToUs creates Lead public
  name required
  due required
""",
    "hook": """
hook leads creates Lead
  body name: text, due: date
  name = body.name
  due = body.due
""",
    "event": """
event seen on Lead
  identify by phone
""",
    "webhook": """
webhook new_lead on Lead created
  fields name
""",
    "geo": """
entity Place
  name: text(40)
  at: geo
  access
    Sales all
""",
    "image": """
entity Place
  name: text(40)
  photos: image many max 9
  access
    Sales all
""",
    "file": """
action attach on Lead
  by Sales
  ask paper: file
  do
    log "attached"
""",
    "existing": """
rule remind on Lead
  existing -> run
  when owner is null
  do
    notify Sales "{name}"
""",
}


@pytest.mark.parametrize("word", BEYOND)
def test_what_is_beyond_the_means_is_refused(word: str) -> None:
    with pytest.raises(Refused) as refused:
        insist_on_means(shop(BASE + BEYOND[word]), STANDARD)
    assert any(f"`{word}`" in change.words.en for change in refused.value.changes)


def test_the_rest_is_carried_out() -> None:
    insist_on_means(shop(BASE), STANDARD)
