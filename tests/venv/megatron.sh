# Sourced: a Python with torch and a Megatron core that runs on it, as $python.
. "$SRC/tests/venv/torch.sh"
venv=megatron modules="torch, megatron.core.datasets.gpt_dataset"
packages="numpy<2" bare="megatron-core==0.8.0"
. "$SRC/tests/venv/venv.sh"
