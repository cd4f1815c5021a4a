"""The guards of the loop as LangChain middleware: thin; the work is in plain modules."""
