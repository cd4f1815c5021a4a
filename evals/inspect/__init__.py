"""The harness inside inspect_ai (extra ``evals``): our suites as its tasks, our assistant as one of its models."""
