"""Groups of questions that several conversations ask: who was found where, attachments, the numbers of the form."""
