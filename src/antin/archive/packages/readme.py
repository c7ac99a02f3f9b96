"""The words that go with a package, Vietnamese first, then English."""

from __future__ import annotations

README = """\
GÓI TIN LƯU TRỮ
===============

Gói theo Thông tư 05/2025/TT-BNV (mở rộng E-ARK CSIP 2.0.4). Kiểm tra không cần phần mềm đã tạo ra gói:

1. Giải nén:                    unzip GÓI.zip
2. METS.xml ở gốc ghi SHA-256 và kích thước của từng tệp; representations/rep1/METS.xml ghi của các tệp trong
   representations/rep1. So bằng:   sha256sum TÊN-TỆP     (METS ghi chữ hoa). Tệp nào không được ghi là tệp thừa.
3. XML đúng cú pháp:            xmllint --noout METS.xml metadata/*/*.xml
4. metadata/preservation/PREMIS.xml ghi nguồn gốc, nơi nhận, các thời điểm và việc đã làm với từng văn bản.
5. Từng văn bản: representations/rep1/data giữ nguyên byte đã nhận hoặc đã ký; documentation/chung-cu có một gói
   chứng cứ cho mỗi văn bản, trong đó có README.txt cách kiểm tra. Chữ ký: công cụ PAdES bất kỳ.

Có phần mềm Ấn Tín: antin package check GÓI.zip, antin validate GÓI-CHỨNG-CỨ.zip.


ARCHIVAL INFORMATION PACKAGE
============================

In the form of Circular 05/2025/TT-BNV (an extension of E-ARK CSIP 2.0.4). To check it without the software that made it:

1. Unpack:                      unzip PACKAGE.zip
2. METS.xml at the root gives SHA-256 and size of each file, representations/rep1/METS.xml those of the files in
   representations/rep1. Compare:   sha256sum FILE        (METS has upper case). A file that is not named is surplus.
3. Well-formed XML:             xmllint --noout METS.xml metadata/*/*.xml
4. metadata/preservation/PREMIS.xml tells origin, recipient, times, and what was done with each document.
5. Each document: representations/rep1/data has the bytes as received or signed; documentation/chung-cu has a proof
   bundle for each document, with a README.txt inside that tells how to check it. Signatures: any PAdES tool.

With Ấn Tín: antin package check PACKAGE.zip, antin validate BUNDLE.zip.
"""
