"""The lives of messages on the national axis, out and in.

>>> AXIS_OUT.step("queued", "settle_axis_message(taken)").to
'taken'
"""

from __future__ import annotations

from antin.steps import life

AXIS_OUT = life(
    "axis_out",
    [
        "— | queue_axis_message | queued | system | built_once recipient_on_axis | 217/7.3 217/13.1",
        "queued | settle_axis_message(taken) | taken | peer | axis_answered_or_holds_it | 217/7.3 217/6.4",
        "queued | settle_axis_message(refused) | refused | peer | axis_said_no | 217/7.4",
        "queued | settle_axis_message(dropped) | dropped | system | expired_or_withdrawn | 217/7.4 217/9.2",
        "refused, dropped | queue_axis_message | queued | clerk | same_bytes | 217/7.4",
        "queued | release_parked | same | exchange_operator | stands_still | 217/13.1",
    ],
)
"""A message whose last attempt has an unknown outcome stays queued: it is looked up at the axis before it goes again."""

AXIS_IN = life(
    "axis_in",
    [
        "— | receive_axis_message(sound) | admitted | system | sender_listed addressed_to_us clean | 217/7.3 217/10.1",
        "— | receive_axis_message(kept) | noted | system | moves_nothing | 217/11.14",
        "— | receive_axis_message(early) | early | system | document_not_here_yet | 217/10.2.p2",
        "— | receive_axis_message(again) | duplicate | system | known_before | 217/13.1",
        "— | receive_axis_message(doubtful) | quarantined | system | doubtful | 379/5.4",
        "early | apply_early | admitted | system | document_came | 217/10.2.p2",
        "quarantined | settle_axis_message | refused | exchange_operator | reason_given | 217/10.1.p2",
    ],
)

CARRIES = ("new", "replace")
"""Purposes of a message that carry a document; all others speak of one."""
