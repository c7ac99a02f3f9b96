"""Sets made from a living installation, restored by the command into another home, compared; lies about them refused."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from antin.continuity import acts, endings, ports, queries
from antin.continuity.models import BackupSet, Failure
from antin.continuity.ports import ToolFailed
from antin.documents import acts as documents
from antin.documents import rules as document_rules
from antin.documents.facts import DecisionFacts
from antin.house import restoring
from antin.identity import acts as identity
from antin.identity.models import Account
from antin.ledger import queries as ledger
from antin.values import Actor
from antin.vault import acts as vault
from antin.vault.models import StoredContent
from world import CENTRE, CLERK

from .conftest import Kept, antin, integrate

SYSTEM = Actor.system()
MARK = "Hải đăng xanh"
INSPECTOR = "kiem.tra.tw"
DECISION = DecisionFacts("Uỷ ban Kiểm tra Trung ương (mẫu)", "15-QĐ/UBKTTW", date(2026, 3, 1))


def follow() -> None:
    integrate()
    while endings.follow_once():
        pass


def impound(kept: Kept, document_id: UUID) -> UUID:
    world = kept.world
    world.confirm(INSPECTOR, "impound", document_rules.scope_digest(DECISION, [document_id]))
    return documents.impound(
        actor=world.actor(INSPECTOR),
        owner_id=world.organisation(CENTRE),
        decision=DECISION,
        document_ids=[document_id],
        reason="Phục vụ kiểm tra.",
    )


@pytest.mark.clause("379/23.2.e", "217/15.5", "379/5.9")
def test_a_set_comes_back_whole_and_waits_in_quarantine(kept: Kept) -> None:
    issued = kept.world.issued(abstract=f"{MARK} (mẫu)")
    made = kept.back_up()
    entries = made.entries
    code, said, home = kept.restore(made)
    assert (code, said["faults"]) == (0, []), said
    assert said["contents"] == StoredContent.objects.count() > 0
    assert 0 < said["entries"] == entries
    state, abstract, waiting, number = kept.asked(
        home,
        f"select state from documents_document where id = '{issued}'",
        f"select abstract from documents_document where id = '{issued}'",
        "select count(*) from continuity_restoration where released_at is null",
        "select count(*) from ledger_leaf",
    )
    assert (state, abstract, waiting) == ("issued", f"{MARK} (mẫu)", 1)
    assert number > said["entries"]  # what restored it stands in its ledger
    assert (home / "keys" / "vault.key").stat().st_mode & 0o077 == 0

    code, refused = antin("restore", "--release", "--home", str(home), "--by", "A")
    assert code == 1 and "379/5.9" in refused["text"]
    code, _ = antin("restore", "--release", "--home", str(home), "--by", "Nguyễn Văn Mẫu", "--basis", "QĐ 1", "--json")
    assert code == 0
    code, again = antin("restore", "--release", "--home", str(home), "--by", "B", "--basis", "QĐ 2")
    assert code == 1 and "379/5.9" in again["text"]


@pytest.mark.clause("379/4.5", "379/23.2.e")
def test_nothing_of_a_set_is_in_clear_and_no_key_is_in_it(kept: Kept) -> None:
    kept.world.issued(abstract=f"{MARK} (mẫu)")
    made = kept.back_up()
    secrets = [path.read_bytes().strip() for path in kept.keys.rglob("*") if path.is_file()]
    for path in kept.place.folder.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert MARK.encode() not in held, path
            assert not [one for one in secrets if len(one) > 20 and one in held], path
            assert path.stat().st_mode & 0o077 == 0, path
    entry = ledger.history(made.id)[0]
    assert (entry.act, entry.facts["catalogue"]) == ("continuity.backup.made", made.digest)


@pytest.mark.clause("217/15.5")
def test_contents_are_copied_once_for_all_sets(kept: Kept) -> None:
    kept.world.issued()
    first = kept.back_up()
    second = kept.back_up()
    assert second.size < first.size and second.objects_count == first.objects_count
    assert len(list(kept.place.objects.names(0))) == first.objects_count
    assert kept.place.names() == tuple(sorted([first.name, second.name]))


@pytest.mark.clause("379/5.3", "379/23.2.b")
@pytest.mark.parametrize("lie", ["manifest.json", "database.sealed", "home.sealed", "objects.txt", "object", "missing"])
def test_an_altered_set_is_refused_before_anything_is_laid_out(kept: Kept, lie: str) -> None:
    kept.world.issued()
    made = kept.back_up()
    if lie in ("object", "missing"):
        path = next(p for p in (kept.place.folder / "objects").rglob("*") if p.is_file())
    else:
        path = kept.folder(made) / lie
    if lie == "missing":
        path.unlink()
    else:
        held = bytearray(path.read_bytes())
        held[len(held) // 2] ^= 1
        path.write_bytes(bytes(held))
    code, said, home = kept.restore(made)
    assert code == 1 and said["faults"], said
    if lie not in ("object", "missing"):  # those show only as contents are copied, before the database
        assert not home.exists()


@pytest.mark.clause("379/5.3", "379/5.9")
def test_a_ledger_that_was_changed_is_never_put_into_service(kept: Kept) -> None:
    kept.world.issued()
    with connection.cursor() as cursor:  # what only somebody with the whole database in hand could do
        cursor.execute("alter table ledger_entry disable trigger ledger_entry_no_change")
        cursor.execute(
            "update ledger_entry set payload = replace(payload, 'clerk', 'xlerk') where payload like '%clerk%'"
        )
        cursor.execute("alter table ledger_entry enable always trigger ledger_entry_no_change")
    code, said, home = kept.restore(kept.back_up())
    assert code == 1 and "379/5.3" in said["faults"][0], said
    code, refused = antin("restore", "--release", "--home", str(home), "--by", "A", "--basis", "QĐ 1")
    assert code == 1 and "379/" in refused["text"]
    code, refused = antin("serve", "--home", str(home))
    assert code == 3 and "not yet released" in refused["text"]
    assert kept.asked(home, "select state from continuity_restoration") == ["uncompared"]


@pytest.mark.clause("379/5.9")
def test_a_restore_broken_off_before_its_comparison_starts_nothing(kept: Kept) -> None:
    made = kept.back_up()
    _code, _said, home = kept.restore(made)
    released = ("restore", "--release", "--home", str(home), "--by", "A", "--basis", "QĐ 1", "--json")
    assert antin("serve", "--home", str(home))[0] == 3 and antin(*released)[0] == 0
    (home / restoring.MARK).touch()  # as if it had been cut short after the database
    code, refused = antin("serve", "--home", str(home))
    assert code == 3 and "not yet released" in refused["text"]


@pytest.mark.clause("217/15.5")
def test_sets_that_stand_there_unknown_are_taken_over_by_their_signed_catalogue(kept: Kept) -> None:
    known, unknown, foreign = kept.back_up(), kept.back_up(), kept.back_up()
    BackupSet.objects.exclude(id=known.id).delete()  # as a restored database knows them
    path = kept.folder(foreign) / "manifest.sig"
    path.write_bytes(b"A" * 88)
    assert acts.adopt_found(actor=SYSTEM, target=kept.place) == (unknown.name,)
    row = BackupSet.objects.get(name=unknown.name)
    assert (row.state, row.entries, row.digest) == ("stored", unknown.entries, unknown.digest)
    assert [one.opens for one in queries.kept(kept.place.place)] == [True, True]
    assert acts.adopt_found(actor=SYSTEM, target=kept.place) == ()
    assert kept.restore(row)[0] == 0


@pytest.mark.clause("379/23.2.e")
def test_a_home_that_is_not_empty_is_left_alone(kept: Kept, tmp_path: Path) -> None:
    made = kept.back_up()
    home = tmp_path / "full"
    home.mkdir()
    (home / "mine").write_text("x")
    given = [str(kept.folder(made)), "--keys", str(kept.keys), "--home", str(home), "--json"]
    code, said = antin("restore", *given)
    assert code == 1 and "not empty" in said["faults"][0]
    assert [path.name for path in home.iterdir()] == ["mine"]
    assert antin("restore")[0] == 2


@pytest.mark.clause("379/20.2", "379/3.4", "379/20.3")
def test_a_destruction_closes_every_older_set_and_makes_a_new_one_due(kept: Kept) -> None:
    kept.world.issued(abstract=MARK)
    old = kept.back_up()
    old_keys = kept.scratch / "old-keys"
    shutil.copytree(kept.keys, old_keys)
    vault.rotate_keeper(actor=SYSTEM, reason="Tiêu huỷ (mẫu).")
    code, said, _ = kept.restore(old)
    assert code == 1 and "KeyRefused" in said["faults"][0]
    kept.clock.advance(60)
    assert queries.places()[0].due
    assert acts.back_up_due() == 1
    assert not queries.places()[0].due
    fresh = BackupSet.objects.exclude(state="removed").get()
    assert fresh.name != old.name and kept.place.names() == (fresh.name,)
    assert kept.restore(fresh)[0] == 0


@pytest.mark.clause("379/21.3", "379/20.3", "379/5.9")
def test_what_ended_after_the_set_ends_again_in_what_is_restored(kept: Kept) -> None:
    issued, other = kept.world.issued(), kept.world.issued()
    made = kept.back_up()
    order = impound(kept, issued)
    account = Account.objects.get(login_name=CLERK)
    identity.suspend_account(actor=SYSTEM, account_id=account.id, reason="Nghỉ việc (mẫu).")
    follow()
    journal = b"\n".join(kept.place.journal())
    assert str(issued).encode() not in journal and b"15-Q" not in journal
    code, said, home = kept.restore(made)
    assert code == 0, said
    done = {act: outcome for act, outcome, _ in said["endings"]}
    assert done == {"documents.impoundment.begun": "done", "identity.account.suspended": "done"}
    assert said["lost"] >= 2
    sealed_off, open_still, number, state = kept.asked(
        home,
        f"select count(*) from documents_impoundment where document_id = '{issued}' and lifted_at is null",
        f"select count(*) from documents_impoundment where document_id = '{other}'",
        f"select decision from documents_impoundment_order where id = '{order}'",
        f"select state from identity_account where id = '{account.id}'",
    )
    assert (sealed_off, open_still, number, state) == (1, 0, "15-QĐ/UBKTTW", "suspended")


@pytest.mark.clause("379/29.4", "379/11.6", "217/15.5")
def test_a_drill_proves_the_newest_set_and_its_report_is_signed(kept: Kept) -> None:
    kept.world.issued()
    made = kept.back_up()
    kept.clock.advance(3600)
    held = acts.drill(actor=SYSTEM, target=kept.place)
    assert held.faults == () and held.set_name == made.name
    assert held.loss_s == pytest.approx(3600, abs=5) and held.recovery_s > 0
    assert held.contents == StoredContent.objects.count()
    made.refresh_from_db()
    assert made.state == "proven" and queries.drills()[0].digest == held.digest
    assert acts.prove_due() == 0
    kept.clock.advance(8 * 86400)
    path = next(p for p in (kept.place.folder / "objects").rglob("*") if p.is_file())
    path.write_bytes(b"x")
    assert acts.prove_due() == 1
    assert "damaged" in queries.drills()[0].faults[0]
    made.refresh_from_db()
    assert made.proven_at is not None and queries.drills()[1].faults == ()


@pytest.mark.clause("379/23.2.b", "217/15.5")
def test_a_content_that_rots_here_is_named_and_does_not_stop_the_backup(kept: Kept) -> None:
    kept.world.issued()
    name = StoredContent.objects.values_list("sealed_digest", flat=True)[0]
    path = Path(ports.bound().store.folder) / name[:2] / name  # type: ignore[attr-defined]
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    made = kept.back_up()
    assert made.damaged == 1 and made.objects_count > 0
    assert name not in set(kept.place.objects.names(0))
    code, said, _ = kept.restore(made)
    assert code == 0 and said["damaged"] == 1 and "1 contents were damaged" in said["faults"][0]
    assert said["contents"] == StoredContent.objects.count() - 1
    assert acts.drill(actor=SYSTEM, target=kept.place).faults  # not proven while something is missing


@pytest.mark.clause("217/15.5")
def test_backups_run_by_themselves_are_kept_for_their_days_and_a_failure_is_on_record(kept: Kept) -> None:
    kept.world.issued()
    integrate()
    assert acts.back_up_due() == 1
    assert acts.back_up_due() == 0
    kept.clock.advance(int(timedelta(days=31).total_seconds()))
    assert acts.back_up_due() == 1
    assert BackupSet.objects.filter(state="removed").count() == 1 and len(kept.place.names()) == 1

    kept.clock.advance(int(timedelta(days=2).total_seconds()))
    shutil.rmtree(kept.place.folder)
    kept.place.folder.write_text("a file where the medium was")
    with pytest.raises(OSError):
        acts.back_up_due()
    assert Failure.objects.get().reason.startswith(("NotADirectoryError", "FileExistsError"))
    assert acts.back_up_due() == 0  # not again at once
    kept.place.folder.unlink()
    kept.clock.advance(700)
    assert acts.back_up_due() == 1
    assert not Failure.objects.exists()


@pytest.mark.clause("217/15.5")
def test_a_set_is_there_whole_or_not_at_all(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.world.issued()
    before = ports.bound()
    ports.bind(replace(before, database_url=before.database_url.replace("host=", "host=/nowhere")))
    with pytest.raises(ToolFailed):
        kept.back_up()
    ports.bind(before)
    assert kept.place.names() == () and not list(kept.place.sets.iterdir())
    assert not BackupSet.objects.exists()
