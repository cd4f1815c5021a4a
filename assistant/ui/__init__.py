"""The two faces: a page for the clinician and one for the patient. Only these pages know Gradio."""
