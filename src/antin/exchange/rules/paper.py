"""Paper beside or instead (217/8, 217/7.4), and its recipient's own word that it is there. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from antin.conversion.rules import CODE_SIGNS, LAID_DOWN, read_code
from antin.documents.facts import Direction, DocumentView
from antin.regulation import RuleViolation
from antin.rulebook.rules import PaperRule
from antin.values import N_, Actor, Office, Secrecy

CENTRAL, LOCAL, CENTRAL_LEADING = "central", "local", "central_leading"
PAPER_WORDS_MOST = 200


def paper_levels(level: str) -> tuple[str, ...]:
    """Levels of 217/8.2 an issuing body may be of; the first is what it is unless a person says more.

    Only a person knows whether a central body speaks as the Central Committee, the Politburo or the Secretariat.
    """
    return (CENTRAL, CENTRAL_LEADING) if level == "central" else (LOCAL,)


def paper_asked_for(classes: Iterable[PaperRule], type_code: str, level: str) -> PaperRule | None:
    """The class that asks for paper without a condition only a person could confirm; None otherwise.

    Of the classes of 217/8.2.p3, 217/8.2.p5 and 217/8.2.p7 few go by type alone.
    """
    own = paper_levels(level)[0]
    return next((one for one in classes if one.fits(type_code, own, "", "")), None)


def paper_offered(classes: Iterable[PaperRule], type_code: str, level: str) -> tuple[PaperRule, ...]:
    """The classes a clerk may name for such a document: type and level agree, the condition is the clerk's to judge."""
    levels = paper_levels(level)
    return tuple(one for one in classes if any(one.fits(type_code, each, one.matter, one.addressee) for each in levels))


def class_named(offered: Sequence[PaperRule], words: str) -> PaperRule:
    """The class the clerk chose, by its words. RuleViolation 217/8.1 for another one (I23)."""
    found = next((one for one in offered if one.words == words), None)
    if found is None:
        raise RuleViolation(
            "217/8.1",
            N_("Văn bản này không thuộc loại phải gửi kèm bản giấy đó."),
            N_("Chọn một loại trong danh sách."),
        )
    return found


def slip_printed(code: str) -> None:
    """What leaves on paper bears a look-up code, and goes with its slip (217/8.1, 379/16.4)."""
    if not code:
        raise RuleViolation("217/8.1", N_("Chưa lập bản in và phiếu gửi."), N_("Lập bản in trước khi gửi đi."))


def carrier_named(carrier: str) -> str:
    """Who carries it, and under which number if there is one (217/7.4)."""
    words = " ".join(carrier.split())
    if not words or len(words) > PAPER_WORDS_MOST:
        raise RuleViolation(
            "217/7.4",
            N_("Cần ghi gửi bằng cách nào, không quá {limit} ký tự."),
            N_("Ghi cách gửi rồi làm lại."),
            limit=PAPER_WORDS_MOST,
        )
    return words


def recipient_confirmed(person: str, on: date | None, *, posted_on: date, today: date) -> tuple[str, date]:
    """Who took the paper there and on which day, not before it left nor in the future (217/7.4)."""
    words = " ".join(person.split())
    if not words or len(words) > PAPER_WORDS_MOST:
        raise RuleViolation(
            "217/7.4",
            N_("Cần ghi ai bên nhận xác nhận, không quá {limit} ký tự."),
            N_("Ghi tên người xác nhận rồi làm lại."),
            limit=PAPER_WORDS_MOST,
        )
    if on is None or not posted_on <= on <= today:
        raise RuleViolation("217/7.4", N_("Ngày nhận phải từ ngày gửi đến hôm nay."), N_("Xem lại ngày bên nhận báo."))
    return words, on


def drop_reason_given(reason: str) -> str:
    """Why no paper goes after all, trimmed (379/17.3)."""
    if not reason.strip():
        raise RuleViolation("379/17.3", N_("Cần nêu lý do."), N_("Nêu vì sao không gửi bản giấy."))
    return reason.strip()


def necessity_named(necessity: str) -> str:
    """Paper is used where it must be, and says why (379/4.2)."""
    if not necessity.strip():
        raise RuleViolation("379/4.2", N_("Cần nêu vì sao phải gửi giấy."), N_("Nêu lý do."))
    return necessity.strip()


# the recipient's own word that a paper is there (217/8.1, 217/7.4)

PAPER_WORD = re.compile(rf"([0-9A-Z]{{{CODE_SIGNS}}}) ([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})")


@dataclass(frozen=True, slots=True)
class PaperWord:
    """What a recipient says of a paper: the look-up code printed on it, and the day it came.

    >>> PaperWord("0123456789ABCDEF", date(2026, 3, 2)).written()
    '0123456789ABCDEF 2026-03-02'
    >>> read_paper_word("0123456789ABCDEF 2026-03-02") == PaperWord("0123456789ABCDEF", date(2026, 3, 2))
    True
    """

    code: str
    on: date

    def written(self) -> str:
        """As a statement's `number` carries it; 27 signs."""
        return f"{self.code} {self.on.isoformat()}"


def read_paper_word(number: str) -> PaperWord | None:
    """The word of a statement's `number`; None for anything but its one written form."""
    found = PAPER_WORD.fullmatch(number)
    try:
        return PaperWord(found[1], date.fromisoformat(found[2])) if found and read_code(found[1]) == found[1] else None
    except ValueError:
        return None


def code_scanned(typed: str) -> str:
    """The code that a person typed from a paper, or a scanner read as the address in its QR. RuleViolation 379/16.4 otherwise.

    >>> code_scanned("https://van-ban.example/k/0123456789ABCDEF")
    '0123456789ABCDEF'
    """
    code = read_code(typed.strip().rstrip("/").rsplit("/", 1)[-1])
    if not code:
        raise RuleViolation(
            "379/16.4",
            N_("Mã tra cứu gồm {n} chữ và số, in ở chân mỗi trang của bản giấy."),
            N_("Quét mã QR hoặc gõ lại mã."),
            n=CODE_SIGNS,
        )
    return code


def may_confirm_paper(actor: Actor, view: DocumentView) -> None:
    """RuleViolation unless this is the clerk here, and a paper follows it: it came electronically, is open, not sent back."""
    if not actor.holds(Office.CLERK, view.owner_id):
        raise RuleViolation("217/8.1", N_("Việc này của văn thư cơ quan nhận."), N_("Nhờ văn thư của cơ quan."))
    if view.direction is not Direction.INCOMING or view.channel == "digitised":
        raise RuleViolation(
            "217/8.1",
            N_("Chỉ ghi bản giấy theo sau văn bản điện tử đã nhận."),
            N_("Mở văn bản đến mà bản giấy này gửi kèm."),
        )
    if view.secrecy is not Secrecy.OPEN:
        raise RuleViolation(
            "379/22.2",
            N_("Bản giấy của văn bản mật không ghi ở đây."),
            N_("Theo dõi bản giấy mật theo quy định bảo vệ bí mật nhà nước."),
        )
    if view.state in LAID_DOWN:
        raise RuleViolation(
            "217/10.1.p2",
            N_("Văn bản này đã trả lại hoặc đã bỏ, bản giấy của nó không tiếp nhận."),
            N_("Trả bản giấy lại bên gửi."),
        )


def paper_came_on(on: date | None, *, issued_on: date | None, today: date) -> date:
    """The day the paper came: perhaps before the electronic document, never before it was issued nor in the future."""
    if on is None or on > today or (issued_on is not None and on < issued_on):
        raise RuleViolation(
            "217/8.1", N_("Ngày nhận bản giấy phải từ ngày ban hành đến hôm nay."), N_("Xem lại ngày nhận.")
        )
    return on


def one_paper(told: Iterable[str]) -> None:
    """One paper comes for one document: another code counts only once the sender has refused what was told before.

    `told`: how the word about each code noted before stands; "" when there was nobody to tell.
    """
    if any(one in ("queued", "acknowledged") for one in told):
        raise RuleViolation(
            "217/8.1",
            N_("Bản giấy của văn bản này đã ghi với mã khác và đã báo bên gửi."),
            N_("Xem lại mã; nếu bên gửi trả lời mã không đúng thì ghi lại được."),
        )


def is_word_of(word: PaperWord | None, code: str) -> bool:
    """Whether it names this paper. `code`: what is printed on it, "" when nothing is."""
    return word is not None and bool(code) and word.code == read_code(code)


def paper_word_true(word: PaperWord | None, *, code: str, since: date, today: date) -> None:
    """RuleViolation unless it names the paper that goes to this recipient, and a day on which that can have come (217/8.1)."""
    if word is None or not is_word_of(word, code) or not since <= word.on <= today:
        raise RuleViolation(
            "217/8.1",
            N_("Mã không phải của bản giấy gửi nơi nhận này kèm văn bản này."),
            N_("Xem lại mã in trên bản giấy."),
        )
