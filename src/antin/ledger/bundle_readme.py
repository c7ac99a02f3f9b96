"""The words that go with a proof bundle, Vietnamese first, then English."""

from __future__ import annotations

README = """\
HỒ SƠ CHỨNG CỨ CỦA MỘT VĂN BẢN ĐIỆN TỬ
=====================================

Trong gói này có: văn bản (document.pdf), tệp kèm theo (attachments/), báo cáo kiểm tra chữ ký
(validation.json), chứng thư gốc dùng khi kiểm tra (trust/anchors.pem), biên nhận của bên nhận (receipts/) và các
mục nhật ký về văn bản này (ledger/), mỗi mục kèm bằng chứng nó nằm trong sổ không sửa được.

Cách kiểm tra, không cần mạng và không cần hệ thống đã tạo ra gói:

1. Có phần mềm Ấn Tín:   antin ledger verify TÊN-GÓI.zip
   Nên đưa thêm khoá công khai của sổ nhận được bằng đường khác (--vkey); nếu không, khoá lấy từ manifest.json
   trong chính gói này. Chữ ký trong văn bản: antin validate document.pdf --trust trust/

2. Không có phần mềm: mọi khuôn dạng đều công khai.
   - manifest.json ghi SHA-256 của từng tệp:          sha256sum document.pdf
   - ledger/N.json là mục nhật ký nguyên văn; ledger/N.tlog-proof theo khuôn dạng c2sp.org/tlog-proof:
     băm lá = SHA-256(0x00 || tệp), đi theo các băm anh em (RFC 6962) tới gốc ghi ở điểm kiểm tra; điểm kiểm
     tra do sổ ký bằng Ed25519 (c2sp.org/signed-note).
   - ledger/N.opening.json: SHA-256(salt || JSON chuẩn tắc RFC 8785 của "committed") bằng detail_commitment
     trong mục. Không có tệp này nghĩa là lời đã được xoá hợp pháp; mục vẫn đúng.
   - mục nêu mã băm của document.pdf trong "facts" là mục nói về chính tệp này.
   - "previous" trong mỗi mục là SHA-256 của mục trước về cùng văn bản: thiếu mục nào sẽ lộ ra.
   - receipts/: .json là lời đã ký (payload, signature); .eml là thư S/MIME nguyên văn: openssl cms -verify;
     .edxml là thông điệp nguyên văn qua trục: xmlsec1 --verify.
   - "apart" trong manifest.json: tệp lớn không nằm trong gói, chỉ có mã băm; ai giữ tệp thì so bằng sha256sum.
   - heads/N.note là điểm kiểm tra N mục; heads/N.er là bản ghi chứng cứ RFC 4998 trên đúng các byte của nó, do đơn vị
     cấp dấu thời gian xác nhận; ledger/M.timed-proof chứng minh mục M nằm dưới điểm kiểm tra đó, tức có trước lúc ấy.
   - chữ ký trong document.pdf: công cụ PAdES bất kỳ (pdfsig, DSS), với trust/anchors.pem.


PROOF BUNDLE OF ONE ELECTRONIC DOCUMENT
=======================================

Inside: the document (document.pdf), its attachments (attachments/), the report on its signatures
(validation.json), the trust anchors it was judged by (trust/anchors.pem), the receipts of the receiving side
(receipts/), and the ledger's entries about this document (ledger/), each with the proof that it stands in the
tamper-evident log.

How to check, without a network and without the system that made the bundle:

1. With Ấn Tín:   antin ledger verify BUNDLE.zip
   Better with the log's public key that you got by another way (--vkey); otherwise the key is taken from
   manifest.json inside. The signatures in the document: antin validate document.pdf --trust trust/

2. Without it: every format is public.
   - manifest.json gives the SHA-256 of each file:    sha256sum document.pdf
   - ledger/N.json is an entry, byte for byte; ledger/N.tlog-proof is in the form c2sp.org/tlog-proof:
     leaf hash = SHA-256(0x00 || file), then the sibling hashes (RFC 6962) up to the root that the checkpoint
     states; the checkpoint is signed by the log with Ed25519 (c2sp.org/signed-note).
   - ledger/N.opening.json: SHA-256(salt || RFC 8785 JSON of "committed") equals detail_commitment in the
     entry. No such file means that the words were lawfully erased; the entry still holds.
   - an entry whose "facts" hold the SHA-256 of document.pdf speaks of exactly this file.
   - "previous" in each entry is the SHA-256 of the entry before it about this document: a missing one shows.
   - receipts/: .json are signed words (payload, signature); .eml are whole S/MIME letters: openssl cms -verify;
     .edxml are whole messages of the axis: xmlsec1 --verify.
   - "apart" in manifest.json: files too large to be enclosed, by digest; whoever holds one compares with sha256sum.
   - heads/N.note is the checkpoint of N entries, heads/N.er an evidence record (RFC 4998) over exactly its bytes, by a
     time-stamping authority; ledger/M.timed-proof proves that entry M lies under it, so it was there before that time.
   - the signatures in document.pdf: any PAdES tool (pdfsig, DSS), with trust/anchors.pem.
"""
