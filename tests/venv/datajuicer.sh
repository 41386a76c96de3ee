# Sourced: a Python with data-juicer, as $python.
venv=datajuicer modules="data_juicer.ops.filter, sentencepiece" packages="py-data-juicer sentencepiece aiohttp"
. "$SRC/tests/venv/venv.sh"
