# Sourced: a Python with torch, peft, and a transformers that knows Mistral, Qwen2 and Llama 3, as $python.
. "$SRC/tests/venv/torch.sh"
venv=peft modules="torch, safetensors, transformers, peft"
packages="transformers==4.46.3 safetensors numpy<2 psutil" bare="peft==0.13.2 accelerate==1.1.1"
. "$SRC/tests/venv/venv.sh"
