"""The roster import: places, people, assignments, cases and reports out of workbooks and folders of CSV."""
