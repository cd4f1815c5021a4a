"""Germline variants and pharmacogenomics, as a plain library with no agent in it.

Importing this package loads nothing. Where to begin:

- ``genomics.mentions.find(text)``: the variant names of a text.
- ``genomics.interpret.interpret_all(text)``: the class that others gave a variant, and that of our own codes.
- ``genomics.acmg.assess.assess(observed)``: every ACMG/AMP code met, not met or not assessed, and the class.
- ``genomics.transcript.store.TranscriptStore(path)``: what a variant does to transcripts, and how it is called.
- ``genomics.files.vcf.Vcf(path)``: a VCF, gVCF or BCF, guarded and streamed.
- ``genomics.screen.screen(path, held=...)``: candidate genes of a genome file; ``genomics.annotate`` allele by allele.
- ``genomics.pgx.call.call_genes(sites)`` and ``genomics.pgx.guidance.advise(calls, drugs, base)``: star alleles, drugs.
- ``genomics.lookups.held.held()``: what the packs of this machine hold; everything takes it as an argument.
- ``genomics.simulate``: what-if, virtual genomes, mutational scan. ``genomics.fhir``, ``genomics.report``: output.
"""

VERSION = "0.2"
"""Version of the computations, named as the version of every computed source."""
