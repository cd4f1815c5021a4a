"""Records made by others (Synthea, clinosim) as patients: FHIR R4 in, counted where not read; no urgency gold."""
