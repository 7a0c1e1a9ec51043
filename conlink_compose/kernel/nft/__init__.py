"""Packet rules: one nf_tables table of ours in each namespace that needs one.

`expressions.py` packs what a rule is made of, `rules.py` says which rules an object is,
`messages.py` packs these for a transaction and `read.py` reads them back
(docs/decisions/packet-rules.md).
"""
