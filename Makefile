.PHONY: demo test lint
VENV ?= .venv

demo:            ## set up, index the sample corpus, ask who else published a page
	python3 -m venv $(VENV) && $(VENV)/bin/pip install -q '.[html,web]' && $(VENV)/bin/dedup index sample_corpus/pages && $(VENV)/bin/dedup who sample_corpus/pages/mirror-01.txt

test:            ## set up, pass the tests
	python3 -m venv $(VENV) && $(VENV)/bin/pip install -q -e '.[dev]' && $(VENV)/bin/python -m pytest

lint:
	$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/mypy
