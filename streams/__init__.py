"""Readout: news articles in, an auditable event log out.

seeds, ninjs, JSON lines --publish--> news --derive--> entities
                                       |               statements
                                       |               contact-log
                                       |               manifests
                                       +--unreadable--> dead-letters

`schemas` says what travels, `streams.text` reads language, `streams.processors` turns one article into its
events, and everything beside them moves records: `publish`, `log`, `derive`, `deliver`, `worker`, `audit`.
"""
