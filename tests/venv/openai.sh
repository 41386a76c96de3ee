# Sourced: a Python with OpenAI's client, as $python.
venv=openai modules="openai" packages="openai>=1.60"
. "$SRC/tests/venv/venv.sh"
