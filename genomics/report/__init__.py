"""Reports of variants, genomes and star alleles: JSON, Markdown, or one HTML file that needs nothing else."""

from genomics.report.data import as_json
from genomics.report.genome import genome_report
from genomics.report.html import as_html
from genomics.report.markdown import as_markdown
from genomics.report.pgx import pgx_report
from genomics.report.rows import CoverageRow, DrugRow, Genome, Pharmacogenes, Report, VariantRow
from genomics.report.text import as_text
from genomics.report.variant import variant_report

__all__ = [
    "CoverageRow",
    "DrugRow",
    "Genome",
    "Pharmacogenes",
    "Report",
    "VariantRow",
    "as_html",
    "as_json",
    "as_markdown",
    "as_text",
    "genome_report",
    "pgx_report",
    "variant_report",
]
