"""The ceremony on bytes: prepare → sign elsewhere → embed is the only path (379/8.2, 379/8.4, ETSI EN 319 142-1).

    prepared = prepare(pdf, role="person", page=1, box=box, …)       the page with its empty place for the signature
    asked = to_be_signed(prepared)                                   goes to a key file, a token or the person's device
    value = prove(prepared, signature)                               checked against the certificate: a forged one stops here
    value = prove_cms(prepared, cms)                                 the same for a whole CMS made elsewhere
    signed = embed(prepared, value, token)                           B-T
    signed = add_revocation(signed, …)                               B-LT: verifiable off-line
    sealed = add_archive_timestamp(add_revocation(…), …)             B-LTA, after the seal
    longer = renewed(sealed, …)                                      B-LTA again, before the authority's certificate ends

    handed = hand_out(pdf, …)                                        the page for another program
    signed = take_back(handed, came_back)                            its file, proven: one signature more, nothing else

    prepare_file … embed_file                                        the same for any file (CAdES) and for XML (XAdES)

Each step needs what the one before returned. `Prepared` survives a crash: keep `pdf` and `state`, then `restore`.
`complete` walks the path at once with the bound ports. `untimed` stops before anything of the timestamp authority is
needed, and `finish` adds what is missing then, whenever one answers.
"""

from antin.signing.ceremony.any_file import (
    PreparedFile,
    complete_file,
    complete_proven_file,
    embed_file,
    file_to_be_signed,
    prepare_file,
    prove_file,
    restore_file,
)
from antin.signing.ceremony.appearance import Appearance
from antin.signing.ceremony.drawings import SEAL_SIZE, Drawing, sample_seal, sample_signature
from antin.signing.ceremony.embedding import (
    ProvenSignature,
    complete,
    complete_proven,
    embed,
    finish,
    prove,
    prove_cms,
    sign,
    untimed,
    untimed_proven,
)
from antin.signing.ceremony.long_term import add_archive_timestamp, add_revocation
from antin.signing.ceremony.preparation import (
    Place,
    Prepared,
    State,
    ToBeSigned,
    prepare,
    read_state,
    restore,
    to_be_signed,
)
from antin.signing.ceremony.renewal import renewed
from antin.signing.ceremony.whole_file import hand_out, prove_back, take_back

__all__ = [
    "SEAL_SIZE",
    "Appearance",
    "Drawing",
    "Place",
    "Prepared",
    "PreparedFile",
    "ProvenSignature",
    "State",
    "ToBeSigned",
    "add_archive_timestamp",
    "add_revocation",
    "complete",
    "complete_file",
    "complete_proven",
    "complete_proven_file",
    "embed",
    "embed_file",
    "file_to_be_signed",
    "finish",
    "hand_out",
    "prepare",
    "prepare_file",
    "prove",
    "prove_back",
    "prove_cms",
    "prove_file",
    "read_state",
    "renewed",
    "restore",
    "restore_file",
    "sample_seal",
    "sample_signature",
    "sign",
    "take_back",
    "to_be_signed",
    "untimed",
    "untimed_proven",
]
