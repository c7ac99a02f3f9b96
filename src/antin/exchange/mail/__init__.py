"""Official mail (217/7.2): S/MIME signed letters to bodies that have neither the Party's network nor the axis.

contacts   who is reached by mail, with which certificates; proposed by one operator, confirmed by another
slip       the small manifest inside a signed letter: its id, what it is, digests of its files; pure
smime      signatures and encryption of MIME entities (RFC 8551);  mime: their parts, written and read;  bounces: RFC 3464
outbox     letters built once, the same bytes under the same Message-ID at every attempt
inbox      letters fetched, judged by their signature, taken in; put away in the mailbox only after the commit
"""
