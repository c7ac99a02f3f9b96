"""edXML of QCVN 102:2016/BTTTT with Amendment 1:2022: frozen messages, a strict writer, a tolerant reader.

No Django here: `antin edxml check` runs it on any machine.
"""

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
MEDIA_TYPE = "application/edxml+xml"
