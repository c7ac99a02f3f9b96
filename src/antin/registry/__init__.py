"""Registry: registers and numbers, the act of signing and sealing, issue, registration of what arrives.

Acts on a document that need a number or the clerk's hand are outermost here; `signing` is called for the
ceremony on bytes, `documents` for the state of the document, and both never call back.
"""
