"""Entries: what is hashed, what is only committed to, and that they stand or fall with their act."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.db import connection, transaction

from antin.ledger import acts, queries
from antin.ledger.models import Entry
from antin.values import canonical_json, new_id

from .places import append, person

pytestmark = pytest.mark.django_db


@pytest.mark.clause("379/17.3")
def test_append_writes_canonical_payload_with_who_when_what():
    actor = person()
    row = append(
        actor=actor, facts={"digest": "ab" * 32, "revision": 3}, detail={"abstract": "Về việc mẫu"}, reason="vì mẫu"
    )
    entry = Entry.objects.get(id=row.id)
    payload = json.loads(entry.payload)
    assert entry.payload.encode() == canonical_json(payload)
    assert payload["id"] == row.id
    assert payload["person"] == str(actor.person_id)
    assert payload["method"] == "password_totp"
    assert payload["office"] == "clerk"
    assert payload["organisation"] == str(actor.organisation_id)
    assert payload["session"] == actor.session
    assert payload["facts"] == {"digest": "ab" * 32, "revision": 3}
    assert payload["at"].endswith("+07:00")
    assert payload["v"] == 1


def test_append_keeps_names_and_texts_out_of_the_payload():
    row = append(detail={"abstract": "chuyện riêng"}, reason="lý do riêng")
    payload = Entry.objects.get(id=row.id).payload
    assert "riêng" not in payload
    assert "Mẫu" not in payload


def test_append_commits_to_texts_and_the_opening_proves_it():
    row = append(detail={"abstract": "chuyện riêng"}, reason="lý do riêng")
    (found,) = queries.evidence(row.object_id)
    salt = found.opening.salt
    text = canonical_json(
        {"actor_name": "Nguyễn Văn Mẫu", "detail": {"abstract": "chuyện riêng"}, "reason": "lý do riêng"}
    )
    assert json.loads(found.payload)["detail_commitment"] == hashlib.sha256(salt + text).hexdigest()


def test_append_same_detail_twice_gives_different_commitments():
    first, second = append(reason="như nhau"), append(reason="như nhau")
    one, two = (json.loads(Entry.objects.get(id=r.id).payload)["detail_commitment"] for r in (first, second))
    assert one != two


def test_append_links_each_entry_to_the_previous_one_of_its_object():
    document = new_id()
    rows = [append(document) for _ in range(3)]
    payloads = [Entry.objects.get(id=row.id).payload for row in rows]
    links = [json.loads(payload)["previous"] for payload in payloads]
    assert links == [None, *(hashlib.sha256(payload.encode()).hexdigest() for payload in payloads[:2])]


@pytest.mark.parametrize("text", ["Nguyễn Văn Mẫu", "dòng\nmới", "x" * 201])
def test_append_text_in_facts_is_refused(text: str):
    with pytest.raises(ValueError, match="facts hold ids"):
        append(facts={"inner": [{"name": text}]})


def test_append_too_long_is_refused_before_the_database():
    with pytest.raises(ValueError, match="65,535"):
        append(facts={"all": ["x" * 199] * 400})


@pytest.mark.django_db(transaction=True)
def test_append_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="transaction"):
        acts.append("a.b.c", person(), object_kind="document", object_id=None)
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("379/17.3")
def test_append_in_a_transaction_that_fails_leaves_nothing():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        acts.append("a.b.c", person(), object_kind="document", object_id=None)
        raise ZeroDivisionError
    assert not Entry.objects.exists()


def test_append_strange_texts_come_back_as_given():
    strange = {"text": 'nul \x00, quote ", backslash \\, 𝔄 emoji 🖋, đường', "n": [1, None, True, {"k": "v"}]}
    row = append(detail=strange, reason="%s {x} \x00")
    (found,) = queries.history(row.object_id)
    assert found.detail == strange


def test_history_is_newest_first_and_paged():
    document = new_id()
    rows = [append(document) for _ in range(5)]
    append()
    first = queries.history(document, limit=2)
    second = queries.history(document, limit=9, before=first[-1].id)
    assert [row.id for row in (*first, *second)] == [row.id for row in reversed(rows)]
    assert first[0].actor_name == "Nguyễn Văn Mẫu"


def test_recent_filters_by_act_and_organisation():
    mine, other = person(), person()
    row = append(actor=mine)
    append(actor=other)
    assert [r.id for r in queries.recent(organisation_ids={mine.organisation_id})] == [row.id]
    assert len(queries.recent(acts=["documents.draft.created"])) == 2
    assert queries.recent(acts=["nothing.like.it"]) == ()
    assert queries.recent(organisation_ids=set()) == ()


@pytest.mark.clause("379/20.3")
def test_erase_openings_leaves_entry_and_proof_but_no_text():
    row = append(detail={"abstract": "phải quên"}, reason="phải quên")
    acts.integrate()
    before = queries.proof(row.id)
    assert acts.erase_openings(object_id=row.object_id) == 1
    (found,) = queries.history(row.object_id)
    assert (found.actor_name, found.reason, found.detail) == ("", "", {})
    assert queries.proof(row.id) == before
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from ledger_opening")
        assert cursor.fetchone() == (0,)
