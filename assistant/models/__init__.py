"""The planners that the loop can use: rules by default, any LangChain chat model by one setting."""
