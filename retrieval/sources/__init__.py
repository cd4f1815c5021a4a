"""Where documents come from: PubMed, patient pages, the user's own guidelines; each reads one form into documents."""
