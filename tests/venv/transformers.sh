# Sourced: a Python with torch, safetensors and transformers 4.28.1, the release that KnowLM pins, as $python.
. "$SRC/tests/venv/torch.sh"
venv=transformers modules="torch, safetensors, transformers, accelerate"
packages="transformers==4.28.1 safetensors numpy<2 psutil" bare="accelerate==0.18.0"
. "$SRC/tests/venv/venv.sh"
