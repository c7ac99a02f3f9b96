"""One rule of automation at the centre of the demonstration world: it proposes, the leader decides."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from antin.automation import acts, queries
from antin.automation.facts import PROPOSE, ROUTE, Terms
from antin.automation.views import RuleView
from antin.house.demo.staff import Staff
from antin.rulebook import queries as rulebook

WHERE = "trung-uong"
ADMINISTRATOR, OFFICER, OVERSEER, LEAD = "quan.tri.tw", "dung.pham", "giang.hoang", "an.nguyen"
FINDINGS = (
    "Đã xem điều kiện, giới hạn và nhật ký: quy tắc chỉ đề nghị, không tự giao; không động đến văn bản Mật và công tác "
    "cán bộ (mẫu)."
)
REVIEWED_FOR = timedelta(days=180)


def lay(staff: Staff, installation: str) -> None:
    """Drafted, reviewed and approved by three people before anything arrives; an interrupted run is taken further."""
    if installation != WHERE:
        return
    overseer = staff.actor(OVERSEER)
    rule = next(iter(queries.automations(overseer)), None) or _drafted(staff)
    if not rule.reviewed:
        acts.review_automation(
            actor=staff.confirm(OFFICER, "review_automation", rule.digest),
            rule_id=rule.id,
            findings=FINDINGS,
            next_on=rulebook.today() + REVIEWED_FOR,
        )
    if rule.state == "drafted":
        actor = staff.confirm(OVERSEER, "approve_automation", rule.digest)
        acts.approve_automation(actor=actor, rule_id=rule.id)


def _drafted(staff: Staff) -> RuleView:
    terms = Terms(
        title="Báo cáo của các tỉnh về Vụ Tổng hợp (mẫu)",
        kind=ROUTE,
        mode=PROPOSE,
        overseer_id=staff.person_id(OVERSEER),
        level=2,
        days=5,
        lead=staff.person_id(LEAD),
        senders=("A98.01",),
        types=("bao_cao",),
    )
    made: UUID = acts.configure_automation(
        actor=staff.actor(ADMINISTRATOR), organisation_id=staff.people[OVERSEER].organisation_id, terms=terms
    )
    return queries.automation(staff.actor(OVERSEER), made)
