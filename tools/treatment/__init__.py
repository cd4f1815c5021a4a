"""Drugs and treatment: hand-written cited facts, predicates that ask a patient, and the checks that stand on them."""
