"""Pictures that never were: generators, drawn lesions and a drawn fundus. None of it may import a detector."""
