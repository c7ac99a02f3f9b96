"""List, count and search latency at 200,000 documents and 300 people: `python bench/documents.py [--json]`.

Starts a PostgreSQL of its own, seeds it by COPY and INSERT … SELECT (no content: lists never read any), then
asks the room's own queries as four kinds of people and prints p50 and p95 in milliseconds. Budgets of the
project: a list page and a search 100 ms at p95, 10,000 documents found and impounded in 10 s with no reader waiting
200 ms for a list, a history of 1,000 events 100 ms.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from antin.values import Actor

LIST_BUDGET_MS, SEARCH_BUDGET_MS = 100, 100
COUNTED = (
    "arrived",
    "to_form_check",
    "to_seal",
    "to_issue",
    "to_review",
    "drafts",
    "to_approve",
    "to_sign",
)
"""The boxes that the navigation of the roles counts, all of them at once."""
IMPOUNDED, IMPOUND_BUDGET_MS, STALL_BUDGET_MS = 10_000, 10_000, 200
EVENTS, TIMELINE_BUDGET_MS = 1_000, 100
BODIES = 20
ABSTRACTS = 6000
SUBJECTS = [
    "chuyển đổi số",
    " công tác cán bộ",
    " kiểm tra và giám sát",
    " dân vận khéo",
    " phòng chống tham nhũng",
    " xây dựng nông thôn mới",
    " bảo vệ môi trường",
    " đại hội đảng bộ",
    " thi đua khen thưởng",
    " an toàn giao thông",
    " y tế cơ sở",
    " giáo dục và đào tạo",
    " lưu trữ hồ sơ",
    " giao dịch điện tử",
    " quy hoạch sử dụng đất",
    " bảo hiểm xã hội",
    " cải cách hành chính",
    " quốc phòng địa phương",
]
ACTIONS = [
    "triển khai kế hoạch",
    "báo cáo kết quả",
    "đề nghị cho ý kiến về",
    "hướng dẫn thực hiện",
    "thông báo kết luận về",
    "mời họp bàn về",
    "trả lời kiến nghị về",
    "phân công nhiệm vụ",
    "sơ kết năm năm",
    "tổng kết nghị quyết về",
    "góp ý dự thảo đề án",
    "đôn đốc",
]
PLACES = [
    "huyện An Hà",
    "huyện Bình Sơn",
    "thị xã Cẩm Lý",
    "xã Đông Thạnh",
    "phường Hoà Lạc",
    "xã Phú Mỹ",
    "huyện Quế Lâm",
    "xã Tân Uyên",
]
QUERIES = (
    "chuyển đổi số",
    "chuyen doi so",
    "ke hoach",
    "báo cáo kết quả an hà",
    '"giao dịch điện tử"',
    "thi đua khen thưởng 417",
    "379",
    "4179-cv",
    "12345",
    "hoà lạc 2026",
    "khong co tu nay",
    "văn bản",
    "sơ kết cán bộ tân uyên",
    "xyz",
)

ROWS = """
INSERT INTO documents_document (id, direction, state, validity, custody, owner_id, type_code, type_name, abstract, urgency,
    secrecy, number, number_text, notation, reference_number, reference_key, document_code, issued_on, issuing_name,
    issuing_code, sender_name, sender_code, drafter_id, approver_id, signatory_id, signer_name, signing_capacity,
    signer_position, recipients, created_at, updated_at, arrived_at, revision, digest, round, route_complete,
    seal_needed, attachment_count, channel, words)
SELECT id, direction, state, CASE WHEN state = 'issued' OR direction = 'incoming' THEN 'in_force' ELSE '' END, 'current',
    owner, 'cong_van', 'Công văn', a.text || ' (mẫu ' || n || ')', CASE WHEN n %% 40 = 0 THEN 1 + n %% 3 ELSE 0 END, 'open',
    n %% 9000 + 1, (n %% 9000 + 1)::text, 'CV/TU', (n %% 9000 + 1) || '-CV/TU', (n %% 9000 + 1) || '-cv-tu',
    CASE WHEN direction = 'outgoing' THEN 'B' || n ELSE 'A' || n %% 150000 END, at::date, 'Tỉnh uỷ mẫu', 'B01', 'Tỉnh uỷ mẫu',
    'B01', person, person, person, 'Nguyễn Mẫu', '', '', ARRAY[]::varchar[], at, at, at, 1, repeat('0', 64), 1, false, true, 0, '',
    array_to_tsvector(a.lexemes || ARRAY[(n %% 9000 + 1)::text, n::text])
FROM (
    SELECT n, at, (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8'
            || substr(md5(n::text || 'x'), 1, 15))::uuid AS id,
        CASE WHEN n %% 5 < 3 THEN 'incoming' ELSE 'outgoing' END AS direction,
        CASE WHEN n %% 5 < 3 THEN (CASE WHEN n > {total} - 400 THEN 'arrived' WHEN n > {total} - 4000 THEN 'forwarded' ELSE 'completed' END)
             ELSE (CASE WHEN n > {total} - 600 THEN (ARRAY['draft','in_review','approved','signed','sealed'])[1 + n / 5 %% 5] ELSE 'issued' END)
        END AS state,
        (%(bodies)s::uuid[])[1 + (power(random(), 2.5) * {bodies})::int %% {bodies}] AS owner,
        (%(people)s::uuid[])[1 + (power(random(), 1.5) * {people})::int %% {people}] AS person,
        (random() * {abstracts})::int %% {abstracts} AS pick
    FROM (SELECT n, now() - ({total} - n) * interval '150 seconds' AS at FROM generate_series(1, {total}) n) s
) d JOIN bench_abstract a ON a.place = d.pick
"""
GRANTS = """
INSERT INTO documents_access (document_id, person_id, why, since)
SELECT d.id, p.person, 'granted', d.created_at
FROM documents_document d, LATERAL (
    SELECT d.drafter_id AS person
    UNION SELECT (%(people)s::uuid[])[1 + (power(random() + 0 * d.number, 1.5) * {people})::int %% {people}]
    UNION SELECT (%(people)s::uuid[])[1 + (power(random() + 0 * d.number, 3) * {people})::int %% {people}]
) p
"""


def main() -> int:
    """0 when every figure keeps its budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with ExitStack() as stack:
        _world(stack)
        seeded = _seed(options.documents, options.people)
        figures = _measure(*seeded, rounds=options.rounds)
        figures += _impounded(seeded[0][0], seeded[1][1])
        figures.append(_timeline(seeded[0][0], rounds=options.rounds))
    if options.json:
        print(json.dumps(figures, ensure_ascii=False, indent=1))
    else:
        for figure in figures:
            print("{who:22} {what:34} p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   budget {budget}".format(**figure))
    return int(any(figure["p95"] > figure["budget"] for figure in figures))


def _world(stack: ExitStack) -> None:
    """A throw-away cluster and home; Django set up on them."""
    import django

    from antin.house import config as configuration
    from antin.house import install, postgres

    scratch = Path(tempfile.mkdtemp(prefix="antin-bench-"))
    stack.callback(shutil.rmtree, scratch, ignore_errors=True)
    cluster = postgres.start(scratch / "pg", extra_settings={"fsync": "off", "shared_buffers": "128MB"})
    stack.callback(postgres.remove, scratch / "pg")
    stack.callback(cluster.stop)
    home = scratch / "home"
    install.create(configuration.Config(home=home, name="bench", database_url=cluster.ensure_database("antin")))
    os.environ[configuration.HOME_VARIABLE] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "antin.house.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _seed(documents: int, people: int) -> tuple[list[UUID], list[UUID]]:
    from django.db import connection

    from antin.documents.rules import index_words
    from antin.values import new_id

    started, chance = time.perf_counter(), random.Random(1)
    bodies, persons = [new_id() for _ in range(BODIES)], [new_id() for _ in range(people)]
    texts = [
        f"V/v {chance.choice(ACTIONS)} {chance.choice(SUBJECTS).strip()} tại {chance.choice(PLACES)} năm {chance.randint(2019, 2026)}"
        for _ in range(ABSTRACTS)
    ]
    sizes = {"total": documents, "bodies": BODIES, "people": people, "abstracts": ABSTRACTS}
    named = {"bodies": bodies, "people": persons}
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bench_abstract (place int PRIMARY KEY, text text, lexemes text[])")
        with cursor.copy("COPY bench_abstract FROM STDIN") as copy:
            for n, text in enumerate(texts):
                copy.write_row((n, text, index_words([text, "Công văn", "Tỉnh uỷ mẫu", "CV/TU"])))
        cursor.execute("SELECT setseed(0.5)")
        with _without_indexes(cursor):
            cursor.execute(ROWS.format(**sizes), named)
            cursor.execute(GRANTS.format(**sizes), named)
        cursor.execute("VACUUM ANALYZE documents_document")
        cursor.execute("VACUUM ANALYZE documents_access")
        cursor.execute("SELECT count(*) FROM documents_document")
        rows = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM documents_access")
        grants = cursor.fetchone()[0]
    seconds = time.perf_counter() - started
    print(f"{rows} documents, {people} people, {grants} grants in {seconds:.0f} s", file=sys.stderr)
    return bodies, persons


@contextmanager
def _without_indexes(cursor: object) -> Iterator[None]:
    """Takes the plain indexes of the two tables away and builds them again: twenty times faster."""
    run = cursor.execute  # type: ignore[attr-defined]
    run(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('documents_document', 'documents_access')"
        " AND indexdef NOT LIKE 'CREATE UNIQUE%%'"
    )
    held = cursor.fetchall()  # type: ignore[attr-defined]
    for name, _definition in held:
        run(f'DROP INDEX "{name}"')
    yield
    for _name, definition in held:
        run(definition)


def _measure(bodies: list[UUID], people: list[UUID], *, rounds: int) -> list[dict[str, object]]:
    from antin.documents import queries
    from antin.values import Actor, MandateView, Method, Office

    def actor(person: UUID, *mandates: MandateView) -> Actor:
        return Actor(person, "mẫu", Method.PASSWORD_TOTP, mandates)

    whole = tuple(MandateView(Office.LEADER, body) for body in bodies)
    who = {
        "specialist, quiet": actor(people[-1]),
        "specialist, busy": actor(people[0]),
        "clerk of the largest": actor(people[5], MandateView(Office.CLERK, bodies[0])),
        "leader of all bodies": actor(people[1], *whole),
    }
    figures = []
    for name, one in who.items():
        boxes = ("incoming", "outgoing", "mine", "sent", "arrived", "to_review", "to_approve", "to_sign", "to_issue")
        figures.append(_timed(name, "list, 9 boxes", LIST_BUDGET_MS, rounds, [_list(queries, one, b) for b in boxes]))
        figures.append(_timed(name, "list, third page", LIST_BUDGET_MS, rounds, [_third(queries, one)]))
        narrow = [_list(queries, one, "incoming", state="arrived"), _list(queries, one, "sent", type_code="quyet_dinh")]
        figures.append(_timed(name, "list, filtered", LIST_BUDGET_MS, rounds, narrow))
        figures.append(
            _timed(name, "counts beside a page", LIST_BUDGET_MS, rounds, [lambda o=one: queries.counts(o, COUNTED)])
        )
        asked = [lambda o=one, q=q: queries.search(o, q) for q in QUERIES]
        figures.append(_timed(name, f"search, {len(QUERIES)} queries", SEARCH_BUDGET_MS, rounds, asked))
    return figures


def _impounded(body: UUID, reader: UUID) -> list[dict[str, object]]:
    """Finding many documents of one body by a decision's query and sealing them off; a reader lists meanwhile."""
    from datetime import date, timedelta

    from django.db import connections

    from antin.documents import acts, queries, rules
    from antin.documents.facts import DecisionFacts
    from antin.rulebook import queries as rulebook
    from antin.values import Actor, MandateView, Method, Office

    inspector = _inspector(body)
    clerk = Actor(reader, "mẫu", Method.PASSWORD_TOTP, (MandateView(Office.CLERK, body),))
    decision, stalls, over = DecisionFacts("Cơ quan mẫu", "1-QĐ", date(2026, 3, 1)), [], Event()

    def read() -> None:
        while not over.is_set():
            started = time.perf_counter()
            queries.listing(clerk, box="incoming")
            stalls.append((time.perf_counter() - started) * 1000)
        connections.close_all()

    gc.collect()
    gc.freeze()  # as `antin serve` does before it begins: what was loaded is not looked through again and again
    since = rulebook.today() - timedelta(days=80)
    watching = Thread(target=read)
    watching.start()
    started = time.perf_counter()
    found, _ = queries.named_documents(inspector, body, (), type_code="cong_van", since=since)
    ids = [one.id for one in found[:IMPOUNDED]]
    named = time.perf_counter()
    _confirm(inspector, "impound", rules.scope_digest(decision, ids))
    acts.impound(actor=inspector, owner_id=body, decision=decision, document_ids=ids, reason="mẫu")
    ended = time.perf_counter()
    over.set()
    watching.join()

    def figure(who: str, what: str, p50: float, worst: float, budget: int) -> dict[str, object]:
        return {"who": who, "what": what, "p50": p50, "p95": worst, "budget": budget}

    finding, taken = (named - started) * 1000, (ended - started) * 1000
    return [
        figure("inspector", f"find {len(found)} by type and time", finding, finding, IMPOUND_BUDGET_MS),
        figure("inspector", f"find and impound {len(ids)}", taken, taken, IMPOUND_BUDGET_MS),
        figure("a reader meanwhile", "list (p50, worst)", statistics.median(stalls), max(stalls), STALL_BUDGET_MS),
    ]


def _inspector(body: UUID) -> Actor:
    """Who carries decisions out in that body: a person with an account and one-time codes, enrolled by the acts."""
    from antin.identity import acts as identity
    from antin.identity import authenticators
    from antin.values import Actor, MandateView, Method, Office

    system = Actor.system()
    organisation = identity.found_organisation(
        actor=system,
        name="Cơ quan mẫu",
        short_name="Mẫu",
        kind="organisation",
        level="central",
        place="Hà Nội",
        notation="MAU",
        body_name="Cơ quan mẫu",
        codes={"party": "A99.09"},
        basis="mẫu",
    )
    account = identity.enrol_person(
        actor=system, name="mẫu", organisation_id=organisation, login="kiem.tra", position=""
    )
    identity.vouch_identity(actor=system, account_id=account.id, evidence="mẫu")
    identity.bind_authenticator(actor=system, account_id=account.id, secret=authenticators.generate_totp_secret())
    mandate = MandateView(Office.IMPOUNDING_AUTHORITY, body)
    return Actor(account.person_id, "mẫu", Method.PASSWORD_TOTP, (mandate,), session="mẫu")


def _confirm(actor: Actor, act: str, digest: str) -> None:
    from django.contrib.auth import get_user_model

    from antin.identity import acts as identity
    from antin.identity import authenticators

    account = get_user_model().objects.get(person_id=actor.person_id)
    challenge = identity.open_challenge(actor=actor, act=act, digest=digest)
    code = authenticators.fresh_code(account.id)
    assert code is not None
    identity.answer_challenge(actor=actor, challenge_id=challenge.id, code=code)


def _timeline(body: UUID, *, rounds: int) -> dict[str, object]:
    """The page of a document's history with that many events behind it."""
    from django.db import transaction

    from antin.documents import models, queries
    from antin.ledger import acts as ledger
    from antin.values import Actor
    from antin.web import timeline

    one = models.Document.objects.exclude(owner_id=body).order_by("-id").values_list("id", flat=True)[0]
    with transaction.atomic():
        for number in range(EVENTS):
            ledger.append(
                "documents.draft.revised",
                Actor.system(),
                object_kind="document",
                object_id=one,
                organisation_id=body,
                facts={"n": number},
            )
    ask = lambda: timeline.steps(queries.history(Actor.system(), one))  # noqa: E731 (asked like the others)
    return _timed("anybody", f"history of {EVENTS} events", TIMELINE_BUDGET_MS, rounds, [ask])


def _list(queries: object, one: object, box: str, **filters: object) -> Callable[[], object]:
    return lambda: queries.listing(one, box=box, **filters)  # type: ignore[attr-defined]


def _third(queries: object, one: object) -> Callable[[], object]:
    def walk() -> object:
        after = None
        for _ in range(2):
            after = queries.listing(one, box="incoming", after=after).next  # type: ignore[attr-defined]
        return after

    after = walk()
    return lambda: queries.listing(one, box="incoming", after=after)  # type: ignore[attr-defined]


def _timed(who: str, what: str, budget: int, rounds: int, asked: list[Callable[[], object]]) -> dict[str, object]:
    for ask in asked:
        ask()
    taken = []
    for _ in range(rounds):
        for ask in asked:
            started = time.perf_counter()
            ask()
            taken.append((time.perf_counter() - started) * 1000)
    cuts = statistics.quantiles(taken, n=20)
    return {"who": who, "what": what, "p50": statistics.median(taken), "p95": cuts[18], "budget": budget}


if __name__ == "__main__":
    raise SystemExit(main())
