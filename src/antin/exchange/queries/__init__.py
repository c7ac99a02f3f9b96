"""Reads for others: the directory, where each dispatch stands, what proves it, how the exchange itself is.

deliveries  channel_choices, deliveries, follow_up, follow_up_counts, delivery_history
by_mail     mail_instead: deliveries that may go by official mail instead of a broken link
clocks      send_clocks, clocks_told, send_clock_count
directory   directory, recipient_names
connections connection_of, sheets_of (exchange operators)
terms       terms_of, parties_of, terms_paper (exchange operators)
paper       enclosures, papers_waiting, papers_count, papers_there, slip, paper_classes_for, papers_in, may_confirm_paper
proofs      arrivals, evidence, receipts
statistics  sent_counts, median_arrival_s: numbers over whole periods, for reports
axis        axis_line, axis_held (exchange operators), axis_arrivals
mail        mail_line, letters_held, mail_contacts (exchange operators, the clerk of the account), mail_arrivals
operating   partners, quarantined, parked, irregularities and their counter (exchange operators)
"""

from antin.exchange.queries.axis import AxisArrivalRow, AxisRow, HeldRow, axis_arrivals, axis_held, axis_line
from antin.exchange.queries.by_mail import mail_instead
from antin.exchange.queries.clocks import ClockRow, clocks_told, send_clock_count, send_clocks
from antin.exchange.queries.connections import ConnectionView, SheetView, connection_of, in_groups, sheets_of
from antin.exchange.queries.deliveries import (
    FINISHED,
    OPEN_STATES,
    ChannelRow,
    DeliveryRow,
    HistoryRow,
    channel_choices,
    deliveries,
    delivery_history,
    follow_up,
    follow_up_counts,
)
from antin.exchange.queries.directory import DirectoryRow, directory, recipient_names
from antin.exchange.queries.mail import (
    ContactRow,
    LetterRow,
    MailArrivalRow,
    MailRow,
    MailServerRow,
    letters_held,
    letters_waiting,
    mail_arrivals,
    mail_contacts,
    mail_line,
    may_admit,
    may_see_mail,
)
from antin.exchange.queries.operating import (
    IrregularityRow,
    Lanes,
    ParkedRow,
    PartnerRow,
    QuarantinedRow,
    installation_names,
    irregularities,
    may_operate,
    parked,
    partners,
    quarantined,
    waiting_for_operator,
)
from antin.exchange.queries.paper import (
    EnclosureRow,
    PaperInRow,
    enclosures,
    may_confirm_paper,
    paper_classes_for,
    papers_count,
    papers_in,
    papers_there,
    papers_waiting,
    slip,
)
from antin.exchange.queries.proofs import ArrivalRow, EvidenceRow, ToldRow, arrivals, evidence, receipts
from antin.exchange.queries.statistics import SentCount, median_arrival_s, sent_counts
from antin.exchange.queries.terms import TermsRow, parties_of, terms_of, terms_paper

__all__ = [
    "FINISHED",
    "OPEN_STATES",
    "ArrivalRow",
    "AxisArrivalRow",
    "AxisRow",
    "ChannelRow",
    "ClockRow",
    "ConnectionView",
    "ContactRow",
    "DeliveryRow",
    "DirectoryRow",
    "EnclosureRow",
    "EvidenceRow",
    "HeldRow",
    "HistoryRow",
    "IrregularityRow",
    "Lanes",
    "LetterRow",
    "MailArrivalRow",
    "MailRow",
    "MailServerRow",
    "PaperInRow",
    "ParkedRow",
    "PartnerRow",
    "QuarantinedRow",
    "SentCount",
    "SheetView",
    "TermsRow",
    "ToldRow",
    "arrivals",
    "axis_arrivals",
    "axis_held",
    "axis_line",
    "channel_choices",
    "clocks_told",
    "connection_of",
    "deliveries",
    "delivery_history",
    "directory",
    "enclosures",
    "evidence",
    "follow_up",
    "follow_up_counts",
    "in_groups",
    "installation_names",
    "irregularities",
    "letters_held",
    "letters_waiting",
    "mail_arrivals",
    "mail_contacts",
    "mail_instead",
    "mail_line",
    "may_admit",
    "may_confirm_paper",
    "may_operate",
    "may_see_mail",
    "median_arrival_s",
    "paper_classes_for",
    "papers_count",
    "papers_in",
    "papers_there",
    "papers_waiting",
    "parked",
    "parties_of",
    "partners",
    "quarantined",
    "receipts",
    "recipient_names",
    "send_clock_count",
    "send_clocks",
    "sent_counts",
    "sheets_of",
    "slip",
    "terms_of",
    "terms_paper",
    "waiting_for_operator",
]
