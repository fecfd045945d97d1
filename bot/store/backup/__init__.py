"""Backups: one moment of the database and its pictures in one file, and the way back.

A backup is a zip: ``tables/NAME.jsonl`` (a row a line), ``media.tar`` (the pictures, sealed as they lie in the data
folder), ``manifest.json`` (what it is, and the SHA-256 of each part) and ``manifest.hmac`` (made with the secret key).

Rows, and not the pages of the file: what was deleted is in no row, while free pages and the log may hold it still. A
row means the same to SQLite and PostgreSQL, and to a later release, which loads it into the tables of its time and
migrates them. One read transaction sees one moment and keeps no writer waiting, on either, without a program of theirs.

The secret key is never in it: whoever finds the file finds names, phones, notes and pictures sealed.
"""
