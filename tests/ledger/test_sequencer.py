"""The sequencer: nothing missing, nothing twice, causes before effects, and a changed past noticed."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from antin.ledger import acts, note, queries
from antin.ledger.acts import sequencer
from antin.ledger.models import Checkpoint, Leaf, Tile
from antin.values import new_id

from . import naive
from .places import GROWS_ONLY, append, append_many, as_intruder, person, run


def payloads_in_leaf_order() -> list[bytes]:
    query = "select payload from ledger_leaf l join ledger_entry e on e.id = l.entry_id order by leaf_index"
    return [payload.encode() for (payload,) in run(query)]


@pytest.mark.django_db
@pytest.mark.clause("379/5.3")
def test_integrate_gives_leaves_and_a_checkpoint_over_them():
    assert queries.checkpoint() is None
    rows = [append() for _ in range(7)]
    assert acts.integrate() == 7
    assert [leaf.entry_id for leaf in Leaf.objects.order_by("leaf_index")] == [row.id for row in rows]
    head = note.open_checkpoint(queries.checkpoint(), note.VerifierKey.parse(queries.log_key()))
    assert (head.size, head.root) == (7, naive.mth(payloads_in_leaf_order()))


@pytest.mark.django_db
def test_integrate_with_nothing_waiting_writes_nothing():
    append()
    assert (acts.integrate(), acts.integrate()) == (1, 0)
    assert Checkpoint.objects.count() == 1
    assert queries.waiting().count == 0


@pytest.mark.django_db
def test_integrate_in_many_turns_across_tiles_gives_the_same_tree():
    for count in (1, 254, 1, 1, 300, 210, 1):
        append_many(count)
        assert acts.integrate() == count
    entries = payloads_in_leaf_order()
    for head in Checkpoint.objects.all():
        assert bytes(head.root) == naive.mth(entries[: head.size])
    assert Tile.objects.filter(level=0).count() == 3


@pytest.mark.django_db
@pytest.mark.clause("379/5.3")
def test_proofs_are_the_recursive_ones_at_every_size():
    append_many(300)
    acts.integrate()
    append_many(5)
    acts.integrate()
    entries = payloads_in_leaf_order()
    for index in (0, 1, 128, 255, 256, 299, 304):
        assert list(queries.inclusion(index, 305)) == naive.path(index, entries)
    for old in (1, 2, 256, 257, 300, 304):
        assert list(queries.consistency(old, 305)) == naive.proof(old, entries)
    assert list(queries.consistency(200, 300)) == naive.proof(200, entries[:300])
    key = note.VerifierKey.parse(queries.log_key())
    for leaf in Leaf.objects.select_related("entry").filter(leaf_index__in=[0, 255, 304]):
        proof = note.Proof.parse(queries.proof(leaf.entry_id))
        assert proof.verify(leaf.entry.payload.encode(), key).size == 305


@pytest.mark.django_db
def test_proof_of_an_entry_not_yet_integrated_is_none():
    row = append()
    assert queries.proof(row.id) is None
    assert queries.proof(10**12) is None


def in_another_session(work: Callable[[], None]) -> None:
    """Runs it on a connection of its own, to the end."""
    failures: list[BaseException] = []

    def body() -> None:
        try:
            work()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


@pytest.mark.django_db(transaction=True)
def test_integrate_a_long_transaction_neither_delays_others_nor_is_lost():
    with transaction.atomic():
        run("select pg_current_xact_id()")
        late = append()
        in_another_session(lambda: (append(), append_two_turns()))
        assert queries.waiting().count == 1  # ours alone, seen by ourselves
    assert acts.integrate() == 1
    last = Leaf.objects.order_by("-leaf_index").first()
    assert last is not None
    assert last.entry_id == late.id
    assert late.id == min(leaf.entry_id for leaf in Leaf.objects.all())


def append_two_turns() -> None:
    assert acts.integrate() == 1
    append()
    assert acts.integrate() == 1


@pytest.mark.django_db(transaction=True)
def test_integrate_puts_an_effect_after_its_cause_even_with_an_older_transaction_id():
    """The later act opened its transaction first: by transaction id it would come first, wrongly."""
    document, causes = new_id(), []
    with transaction.atomic():
        run("select pg_current_xact_id()")
        in_another_session(lambda: causes.append(append(document)))
        effect = append(document)
    assert acts.integrate() == 2
    assert [leaf.entry_id for leaf in Leaf.objects.order_by("leaf_index")] == [causes[0].id, effect.id]
    xids = dict(run("select id, xid::text::bigint from ledger_entry"))
    assert xids[effect.id] < xids[causes[0].id]


@pytest.mark.django_db(transaction=True)
def test_integrate_while_another_sequencer_has_its_turn_answers_nothing():
    append()
    acts.integrate()
    append()
    counts: list[int] = []
    with transaction.atomic():
        run("select 1 from ledger_sequencer for update")
        in_another_session(lambda: counts.append(acts.integrate()))
    assert counts == [0]
    assert acts.integrate() == 1


@pytest.mark.django_db(transaction=True)
def test_integrate_after_a_restore_into_another_cluster_takes_everything_once(monkeypatch: pytest.MonkeyPatch):
    append_many(3)
    acts.integrate()
    append_many(2)
    run("update ledger_sequencer set cluster = 1, low_water = '99999999999'")
    monkeypatch.setattr(sequencer._Process, "reconciled", False)
    assert acts.integrate() == 2
    append()
    assert acts.integrate() == 1
    assert run("select floor_id, low_water::text::bigint < 99999999999 from ledger_sequencer") == [(5, True)] or (
        run("select floor_id >= 5 from ledger_sequencer") == [(True,)]
    )


@pytest.mark.django_db
def test_integrate_a_first_turn_finds_what_the_low_water_hides(monkeypatch: pytest.MonkeyPatch):
    append()
    acts.integrate()
    append()
    run("update ledger_sequencer set low_water = '99999999999'")
    assert acts.integrate() == 0
    monkeypatch.setattr(sequencer._Process, "reconciled", False)
    assert acts.integrate() == 1


@pytest.mark.django_db
def test_integrate_in_capped_turns_takes_everything(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sequencer, "MAX_ENTRIES", 4)
    append_many(10)
    assert [acts.integrate() for _ in range(4)] == [4, 4, 2, 0]


@pytest.mark.django_db
@pytest.mark.clause("379/5.3")
@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("ledger_leaf", "update ledger_leaf set hash = decode(repeat('00', 32), 'hex') where leaf_index = 1"),
        ("ledger_leaf", "delete from ledger_leaf where leaf_index = 2"),
        ("ledger_checkpoint", "update ledger_checkpoint set root = decode(repeat('00', 32), 'hex')"),
        ("ledger_checkpoint", "delete from ledger_checkpoint"),
    ],
)
def test_integrate_over_a_changed_past_is_refused(table: str, change: str):
    append_many(3)
    acts.integrate()
    with as_intruder(table):
        run(change)
    append()
    with pytest.raises(acts.LedgerBroken):
        acts.integrate()


@pytest.mark.django_db
@pytest.mark.parametrize("table", GROWS_ONLY)
@pytest.mark.clause("379/5.3")
def test_database_refuses_to_change_the_past(table: str):
    append_many(300)
    acts.integrate()
    run(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate")  # the tests' flush let it rest
    column = {"ledger_entry": "act", "ledger_leaf": "entry_id", "ledger_tile": "level", "ledger_checkpoint": "note"}[
        table
    ]
    for statement in (
        f"update {table} set {column} = {column}",
        f"delete from {table}",
        f"truncate {table}",
        f"update {table} set {column} = {column} where false",
    ):
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
            run(statement)
    enabled = run("select tgenabled from pg_trigger where tgrelid = %s::regclass and not tgisinternal", table)
    assert enabled == [("A",), ("A",)]


@pytest.mark.django_db
def test_following_gives_integrated_entries_after_the_cursor():
    rows = append_many(3)
    assert queries.following("exchange") == ()
    acts.integrate()
    seen = queries.following("exchange", limit=2)
    assert [row.id for row in seen] == [rows[0].id, rows[1].id]
    assert seen[0].leaf_index == 0
    with transaction.atomic():
        acts.follow_to("exchange", seen[-1].leaf_index)
    assert [row.id for row in queries.following("exchange")] == [rows[2].id]
    assert len(queries.following("archive")) == 3


@pytest.mark.django_db
def test_follow_to_a_leaf_already_followed_is_refused():
    with transaction.atomic():
        acts.follow_to("exchange", 4)
    for leaf in (4, 3):
        with pytest.raises(acts.AlreadyFollowed), transaction.atomic():
            acts.follow_to("exchange", leaf)


@pytest.mark.django_db(transaction=True)
def test_follow_to_in_a_transaction_that_fails_keeps_the_cursor():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        acts.follow_to("exchange", 0)
        raise ZeroDivisionError
    with transaction.atomic():
        acts.follow_to("exchange", 0)
    with pytest.raises(RuntimeError, match="transaction"):
        acts.follow_to("exchange", 1)


@pytest.mark.django_db(transaction=True)
def test_integrate_wakes_listeners():
    append()
    with connection.cursor() as cursor:
        cursor.execute("listen antin_ledger")
    acts.integrate()
    notices = list(connection.connection.notifies(timeout=2, stop_after=1))
    assert [(notice.channel, notice.payload) for notice in notices] == [("antin_ledger", "1")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("379/23.2.đ", "379/21.2.c")
def test_note_reading_makes_one_entry_of_a_minute():
    reader, document = person(), new_id()
    for _ in range(3):
        acts.note_reading(actor=reader, object_kind="document", object_id=document, purpose="view")
    assert acts.flush_readings() == 0
    run("update ledger_reading set minute = minute - interval '1 minute'")
    assert acts.flush_readings() == 1
    (row,) = queries.history(document)
    assert (row.act, row.person_id, row.facts["count"], row.actor_name) == (
        "ledger.reading",
        reader.person_id,
        3,
        reader.name,
    )
    assert acts.flush_readings() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("379/5.3")
def test_note_refused_access_leaves_an_entry_with_the_target_as_digest():
    acts.note_refused_access(
        actor=person(), rule="may_see", clause="379/4.4", object_kind="document", target=f"document {new_id()}"
    )
    (row,) = queries.recent(acts=["ledger.refusal"])
    assert row.facts["rule"] == "may_see"
    assert len(row.facts["target"]) == 64
