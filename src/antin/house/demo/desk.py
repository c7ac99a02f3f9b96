"""Brings one outgoing document of the demonstration world as far as its people have, by the rooms' own acts.

Each step asks first whether it was done: what an interrupted seeding left is found and taken further, never doubled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from antin.documents import acts as documents
from antin.documents import queries
from antin.documents.facts import DocumentView, RenditionKind, RouteStep
from antin.house.demo.office import STAGES, Outgoing, Round, Said
from antin.house.demo.staff import Staff
from antin.registry import acts as registry

SENT_BACK = "send_back"


@dataclass
class Desk:
    """One document on its way; `bring` takes it to where it is to stay."""

    staff: Staff
    item: Outgoing
    document_id: UUID

    @staticmethod
    def laid(staff: Staff, item: Outgoing) -> Desk:
        """The draft as its drafter began it, or as it stands."""
        mine = queries.listing(staff.actor(item.drafter), box="mine", limit=200, direction="outgoing").rows
        found = next((row.id for row in mine if row.abstract == item.fields.abstract), None)
        return Desk(staff, item, found or _drafted(staff, item))

    def bring(self) -> None:
        self._attach()
        for number, one in enumerate(self.item.rounds, 1):
            self._review(number, one)
        acts: dict[str, Callable[[], None]] = {
            "approved": self._approve,
            "checked": self._check_form,
            "signed": self._sign,
            "sealed": self._seal,
            "issued": self._issue,
        }
        wanted = STAGES.index(self.item.until)
        for stage, act in acts.items():
            if STAGES.index(stage) <= wanted and STAGES.index(stage) > STAGES.index(self._stage()):
                act()

    def _view(self) -> DocumentView:
        return queries.facts(self.document_id)

    def _stage(self) -> str:
        view = self._view()
        return "checked" if view.state == "approved" and view.form_checked else view.state

    def _attach(self) -> None:
        if self.item.attachment and not self._view().attachment_count:
            name, text = self.item.attachment
            actor = self.staff.actor(self.item.drafter)
            documents.attach(
                actor=actor, document_id=self.document_id, name=name, media_type="text/csv", data=text.encode()
            )

    # review

    def _review(self, number: int, one: Round) -> None:
        if self._view().round < number:
            self._submit(one)
        for said in one.said:
            self._say(number, said)
        view = self._view()
        if one.added and view.round == number and view.state == "draft":
            self._revise(one, view)

    def _submit(self, one: Round) -> None:
        route = [
            RouteStep(order, tuple(self.staff.person_id(login) for login in step), quorum=len(step))
            for order, step in enumerate(one.steps, 1)
        ]
        documents.submit(actor=self.staff.actor(self.item.drafter), document_id=self.document_id, route=route)

    def _say(self, number: int, said: Said) -> None:
        view, actor = self._view(), self.staff.actor(said.by)
        if view.round != number or view.state != "in_review":
            return
        if said.kind == SENT_BACK:
            documents.send_back(actor=actor, document_id=self.document_id, reason=said.text)
            return
        given = queries.opinions(actor, self.document_id)
        if not any(one.round == number and one.person_id == actor.person_id for one in given):
            documents.endorse(
                actor=actor, document_id=self.document_id, kind=said.kind, text=said.text, revision=view.revision
            )

    def _revise(self, one: Round, view: DocumentView) -> None:
        actor = self.staff.actor(self.item.drafter)
        fields = queries.fields(actor, self.document_id)
        if one.added in fields.body:
            return
        documents.revise_draft(
            actor=actor,
            document_id=self.document_id,
            fields=replace(fields, body=f"{fields.body}\n\n{one.added}"),
            expected_revision=view.revision,
            reason=one.reason,
        )

    # approval, signature, seal, issue

    def _approve(self) -> None:
        login, view = self.item.approver or self.item.signatory, self._view()
        actor = self.staff.confirm(login, "approve", view.digest)
        documents.approve(actor=actor, document_id=self.document_id, revision=view.revision, digest=view.digest)

    def _check_form(self) -> None:
        check = registry.check_form(actor=self.staff.actor(self.item.clerk), document_id=self.document_id)
        assert check.passed, check.findings

    def _sign(self) -> None:
        login = self.item.signatory
        request = registry.prepare_signature(actor=self.staff.actor(login), document_id=self.document_id)
        registry.sign(actor=self.staff.confirm(login, "sign", request.digest), document_id=self.document_id)

    def _seal(self) -> None:
        actor = self.staff.confirm(self.item.clerk, "seal", self._page(RenditionKind.SIGNED))
        registry.seal(actor=actor, document_id=self.document_id)

    def _issue(self) -> None:
        actor = self.staff.confirm(self.item.clerk, "issue", self._page(RenditionKind.SEALED))
        registry.issue(actor=actor, document_id=self.document_id)

    def _page(self, kind: RenditionKind) -> str:
        """What the challenges of seal and issue are bound to: the digest of the PDF as it stands."""
        kept = queries.rendition_bytes(self.document_id, kind)
        assert kept is not None, kind
        return kept[1].digest


def _drafted(staff: Staff, item: Outgoing) -> UUID:
    fields = replace(
        item.fields,
        signatory_id=staff.person_id(item.signatory) if item.signatory else None,
        approver_id=staff.person_id(item.approver) if item.approver else None,
    )
    return documents.create_draft(
        actor=staff.actor(item.drafter), organisation_id=staff.people[item.drafter].organisation_id, fields=fields
    )
