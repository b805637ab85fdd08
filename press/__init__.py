"""The press: turns the pages under docs/ and the code in snippets/ into the site.

docs/*.md + snippets/*.py → programs → worker → results → fences → HTML

Its core knows nothing of MkDocs; only mkdocs_hook.py and site.py do.
"""
