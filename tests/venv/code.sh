# Sourced: a Python with Pygments and BeautifulSoup, as $python.
venv=code modules="pygments, bs4" packages="pygments beautifulsoup4"
. "$SRC/tests/venv/venv.sh"
